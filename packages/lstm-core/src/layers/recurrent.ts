/**
 * Stacks of recurrent layers of one kind, each in one direction or both, over ragged batches. A kind says how one layer runs, by a
 * fused operation (`Lstm`, `Gru`, `Rnn`) or by walking a cell (`composedKind`), and leaves the rest to this file.
 */
import {
  OptionError,
  type OptionNames,
  type RandomStream,
  type RecurrentOptions,
  type RecurrentState,
  requireKnownOptions,
  type Session,
  ShapeError,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { evaluationStep, type Module, namedParameters, type StepContext } from "../module.ts";
import { warnOnce } from "../warn.ts";
import { Dropout } from "./dropout.ts";
import { makeParameter } from "./parameter.ts";

export interface RecurrentLayerOptions {
  readonly inputSize: number;
  /** Units of each direction. */
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  /** Dropout between layers, in `[0, 1)`; the last layer's output is not dropped, so with one layer it does nothing and warns. */
  readonly dropoutRate: number;
  /**
   * Share of the hidden state's features that no hidden product sees, in `[0, 1)`: the same ones at all steps of a sequence
   * (Gal & Ghahramani 2016). Default 0.
   */
  readonly recurrentDropoutRate?: number | undefined;
  /** Draws the first weights and the dropout masks. */
  readonly stream: RandomStream;
}

/** The options of all kinds by name. */
export const recurrentLayerOptionNames: OptionNames<RecurrentLayerOptions> = {
  inputSize: true,
  hiddenSize: true,
  numLayers: true,
  bidirectional: true,
  dropoutRate: true,
  recurrentDropoutRate: true,
  stream: true,
};

export interface RecurrentForwardOptions<State> {
  /** `[batch]`: real steps of each row, from its start. Default: all steps of `x`. */
  readonly lengths?: Int32Array | undefined;
  /** States to start from, in the order of `RecurrentResult.state`. Default: zeros. */
  readonly initialState?: readonly State[] | undefined;
  /** Needed in training, for dropout. Default: evaluation. */
  readonly step?: StepContext | undefined;
  /** Time of the first step of `x` within its sequence, part of the address of dropout. Default 0. */
  readonly timeOffset?: number | undefined;
}

const forwardOptionNames: OptionNames<RecurrentForwardOptions<unknown>> = {
  lengths: true,
  initialState: true,
  step: true,
  timeOffset: true,
};

export interface RecurrentResult<State> {
  /** `[batch, time, outputSize]`: top layer, forward features first; zeros on padding. */
  readonly output: Tensor;
  /** Layer 0 forward, layer 0 reverse, layer 1 forward, ...: each at the end of its own walk over the real steps. */
  readonly state: readonly State[];
}

/** What every stack offers, whatever its kind: a model that takes any of them needs no more. */
export interface RecurrentModule extends Module {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly directions: 1 | 2;
  /** Features of the hidden state of each direction. */
  readonly stateSize: number;
  /** Features of the output: `directions * stateSize`. */
  readonly outputSize: number;
  /** `initialState` may only hold what `startState` or `forward` of the same stack gave. */
  forward(x: Tensor, options?: RecurrentForwardOptions<RecurrentState>): RecurrentResult<RecurrentState>;
  startState(hiddenState: Tensor): RecurrentState;
}

/** Makes a parameter of one layer and direction; the name is PyTorch's without the layer's suffix. */
export type MakeWeight = (name: string, shape: readonly number[], initializer: Initializer) => Tensor;

export interface DirectionRun<Weights, State extends RecurrentState> {
  readonly weights: Weights;
  readonly options: RecurrentOptions<State>;
}

/** What one layer gives. */
export interface LayerResult<State> {
  /** `[batch, time, directions * stateSize]` */
  readonly output: Tensor;
  /** Of each direction. */
  readonly states: readonly State[];
}

/** What distinguishes one kind of recurrent layer from another. */
export interface RecurrentKind<Weights, State extends RecurrentState> {
  /** Of the class, for errors. */
  readonly name: string;
  /** Features of the hidden state. */
  readonly stateSize: number;
  makeWeights(inputSize: number, make: MakeWeight): Weights;
  /** One layer over a whole batch, in one direction. */
  run(input: Tensor, direction: DirectionRun<Weights, State>): LayerResult<State>;
  /** The same in both. */
  runBoth(
    input: Tensor,
    directions: readonly [DirectionRun<Weights, State>, DirectionRun<Weights, State>],
  ): LayerResult<State>;
  /** The state to start from with a given hidden state, all else zero. */
  startState(hiddenState: Tensor): State;
}

/** One layer in one direction. */
interface Direction<Weights> {
  readonly weights: Weights;
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly recurrentDropout: Dropout;
}

export class RecurrentLayers<Weights, State extends RecurrentState> implements RecurrentModule {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly directions: 1 | 2;
  readonly stateSize: number;
  readonly outputSize: number;
  readonly #inputSize: number;
  readonly #session: Session;
  readonly #kind: RecurrentKind<Weights, State>;
  /** In the order of `RecurrentResult.state`. */
  readonly #directions: Direction<Weights>[] = [];
  /** Before each layer but the first. */
  readonly #dropouts: Dropout[] = [];

  /** @throws {OptionError} if a size is not an integer of at least 1, or a rate lies outside `[0, 1)` */
  constructor(session: Session, kind: RecurrentKind<Weights, State>, options: RecurrentLayerOptions) {
    const { inputSize, hiddenSize, numLayers, bidirectional, dropoutRate, recurrentDropoutRate = 0, stream } = options;
    requireSize(kind.name, "inputSize", inputSize);
    requireSize(kind.name, "hiddenSize", hiddenSize);
    requireSize(kind.name, "numLayers", numLayers);
    if (dropoutRate > 0 && numLayers === 1) {
      warnOnce(`${kind.name}: dropoutRate ${dropoutRate} does nothing with numLayers 1, since it acts between layers`);
    }
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.directions = bidirectional ? 2 : 1;
    this.stateSize = kind.stateSize;
    this.outputSize = this.directions * kind.stateSize;
    this.#inputSize = inputSize;
    this.#session = session;
    this.#kind = kind;
    for (let layer = 0; layer < numLayers; layer++) {
      const size = layer === 0 ? inputSize : this.outputSize;
      for (let direction = 0; direction < this.directions; direction++) {
        const suffix = direction === 0 ? `l${layer}` : `l${layer}_reverse`;
        const parameters = new Map<string, Tensor>();
        const weights = kind.makeWeights(size, (kindOfWeight, shape, initializer) => {
          const name = `${kindOfWeight}_${suffix}`;
          const parameter = makeParameter(session, { name, shape, initializer, stream });
          parameters.set(name, parameter);
          return parameter;
        });
        const recurrentDropout = new Dropout(recurrentDropoutRate, stream.fork(`recurrent_dropout_${suffix}`));
        this.#directions.push({ weights, parameters, recurrentDropout });
      }
      if (layer > 0) this.#dropouts.push(new Dropout(dropoutRate, stream.fork(`dropout_l${layer}`)));
    }
  }

  /**
   * @param x  `[batch, time, inputSize]`
   * @throws {ShapeError} if `x` has another shape
   * @throws {OptionError} if `initialState` has not one state for each layer and direction
   */
  forward(x: Tensor, options: RecurrentForwardOptions<State> = {}): RecurrentResult<State> {
    requireKnownOptions(`${this.#kind.name}.forward`, options, forwardOptionNames);
    const { lengths, initialState, step = evaluationStep, timeOffset = 0 } = options;
    if (x.shape.length !== 3 || x.shape[2] !== this.#inputSize) {
      throw new ShapeError(this.#kind.name, `input of shape [batch, time, ${this.#inputSize}]`, x.shape);
    }
    const count = this.#directions.length;
    if (initialState !== undefined && initialState.length !== count) {
      throw new OptionError(this.#kind.name, "initialState", `${count} states`, `${initialState.length} states`);
    }
    const state: State[] = [];
    let output = x;
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) output = this.#dropouts[layer - 1]!.forward(output, step, timeOffset);
      const first = layer * this.directions;
      const runs = this.#directions.slice(first, first + this.directions).map((direction, index) => ({
        weights: direction.weights,
        options: {
          lengths,
          reverse: index === 1,
          initialState: initialState?.[first + index],
          recurrentDropoutMask: this.#recurrentMask(direction.recurrentDropout, step, x.shape[0]!),
        },
      }));
      const [forward, reverse] = runs;
      const result = reverse ? this.#kind.runBoth(output, [forward!, reverse]) : this.#kind.run(output, forward!);
      output = result.output;
      state.push(...result.states);
    }
    return { output, state };
  }

  /** The state to start one layer and direction from with the given hidden state `[batch, stateSize]`, all else zero. */
  startState(hiddenState: Tensor): State {
    return this.#kind.startState(hiddenState);
  }

  /** The weights of one layer and direction (0 forward, 1 reverse), for use with a cell. */
  weightsOf(layer: number, direction: 0 | 1 = 0): Weights {
    const found = direction < this.directions ? this.#directions[layer * this.directions + direction] : undefined;
    if (found === undefined) {
      throw new OptionError(
        this.#kind.name,
        "layer and direction",
        `below ${this.numLayers} and ${this.directions}`,
        `${layer} and ${direction}`,
      );
    }
    return found.weights;
  }

  parameters(): Map<string, Tensor> {
    return namedParameters(Object.assign({}, ...this.#directions.map((d) => Object.fromEntries(d.parameters))));
  }

  /** `[batch, stateSize]`: zeros and `1 / (1 - rate)`, addressed by example; undefined where nothing is dropped. */
  #recurrentMask(dropout: Dropout, step: StepContext, batchSize: number): Tensor | undefined {
    if (!step.training || dropout.rate === 0) return undefined;
    return dropout.forward(this.#session.full([batchSize, this.stateSize], 1), step);
  }
}
