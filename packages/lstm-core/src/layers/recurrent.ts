/**
 * Stacks of recurrent layers of one kind, each in one direction or both, over ragged batches. A kind says how one layer runs, by a
 * fused operation (`Lstm`, `Gru`, `Rnn`) or by walking a cell (`composedKind`), and leaves the rest to this file.
 */
import {
  concat,
  OptionError,
  type RandomStream,
  type RecurrentState,
  requireKnownOptions,
  type Session,
  ShapeError,
  type Tensor,
} from "@cellstate/tensor";
import { notAmong, requireStream } from "../errors.ts";
import { inPlaceOf } from "../initializers/per-gate.ts";
import { evaluationStep, type StepContext } from "../module.ts";
import { penalizeOutput } from "../penalties/output-penalties.ts";
import { Dropout } from "./dropout.ts";
import { type LayerConnection, makeConnection } from "./layer-connection.ts";
import { halvesOf, mergedSize, mergeHalves } from "./merge-directions.ts";
import { makeParameter } from "./parameter.ts";
import type { DirectionRun, LayerResult, MakeWeight, RecurrentKind } from "./recurrent-kind.ts";
import {
  forwardOptionNames,
  type RecurrentForwardOptions,
  type RecurrentModule,
  type RecurrentResult,
} from "./recurrent-module.ts";
import { type RecurrentLayerOptions, type ResolvedOptions, resolveOptions } from "./recurrent-options.ts";
import { watchGates } from "./watch-gates.ts";

/** One layer in one direction. */
interface Direction<Weights> {
  readonly weights: Weights;
  readonly reverse: boolean;
  readonly recurrentDropout: Dropout;
  /** For random numbers of the kind's own. */
  readonly stream: RandomStream;
}

interface Layer<Weights, State extends RecurrentState> {
  readonly kind: RecurrentKind<Weights, State>;
  readonly directions: readonly Direction<Weights>[];
  /** Of what the layer below gives; the first layer has none. */
  readonly dropout: Dropout | undefined;
  /** Around the layer. */
  readonly connection: LayerConnection | undefined;
}

export class RecurrentLayers<Weights, State extends RecurrentState> implements RecurrentModule {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly directions: 1 | 2;
  readonly stateSize: number;
  readonly stateSizes: readonly number[];
  readonly outputSize: number;
  readonly #session: Session;
  readonly #name: string;
  readonly #options: ResolvedOptions;
  readonly #inputDropout: Dropout;
  readonly #layers: readonly Layer<Weights, State>[];
  readonly #parameters = new Map<string, Tensor>();

  /**
   * @param kindOf  the kind of a layer, given the number of its units
   * @throws {OptionError} if an option lies outside its range or contradicts another one
   */
  constructor(
    session: Session,
    kindOf: (hiddenSize: number) => RecurrentKind<Weights, State>,
    options: RecurrentLayerOptions,
  ) {
    const [firstSize] = [options.hiddenSize].flat() as [number];
    this.#name = kindOf(firstSize).name;
    this.#options = resolveOptions(this.#name, options);
    this.#session = session;
    const { hiddenSizes, directions, inputDropoutRate, stream } = this.#options;
    requireStream(this.#name, stream);
    this.#inputDropout = new Dropout(inputDropoutRate, stream.fork("input_dropout"));
    this.directions = directions;
    const kinds = hiddenSizes.map(kindOf);
    const outputSizes = kinds.map((kind) => this.#mergedSize(kind.stateSize));
    const weightNames = new Set<string>();
    this.#layers = kinds.map((kind, layer) => {
      const inputSize = layer === 0 ? this.#options.inputSize : outputSizes[layer - 1]!;
      return this.#makeLayer(kind, layer, inputSize, weightNames);
    });
    for (const name of Object.keys(this.#options.initializers)) {
      if (!weightNames.has(name)) throw notAmong(this.#name, "initializers", name, [...weightNames], "of");
    }
    this.hiddenSize = hiddenSizes.at(-1)!;
    this.numLayers = hiddenSizes.length;
    this.stateSizes = kinds.map((kind) => kind.stateSize);
    this.stateSize = this.stateSizes.at(-1)!;
    this.outputSize = outputSizes.at(-1)!;
  }

  /**
   * @param x  `[batch, time, inputSize]`
   * @throws {ShapeError} if `x` has another shape
   * @throws {OptionError} if `initialState` has not one state for each layer and direction, there are no cell states to return, or what
   *   outputs cost has no list in `step` to go to
   */
  forward(x: Tensor, options: RecurrentForwardOptions<State> = {}): RecurrentResult<State> {
    requireKnownOptions(`${this.#name}.forward`, options, forwardOptionNames);
    this.#check(x, options);
    const { step = evaluationStep, timeOffset } = options;
    const state: State[] = [];
    let output = this.#inputDropout.forwardAlike(x, step);
    let lastOutput: Tensor | undefined;
    let cellStates: Tensor | undefined;
    this.#layers.forEach((layer, index) => {
      const below = output;
      const input = layer.dropout === undefined ? below : this.#dropBetween(layer.dropout, below, step, timeOffset);
      const result = this.#runLayer(index, input, options);
      if (step.gateWatch !== undefined && options.initialState === undefined) {
        watchGates(step.gateWatch, { ...layer, input, output: result.output, lengths: options.lengths });
      }
      const last = this.#merged(
        concat(
          result.states.map(({ hiddenState }) => hiddenState),
          1,
        ),
      );
      output = this.#merged(result.output);
      if (layer.connection && lastOutput) {
        output = layer.connection.joinSteps(output, below, options.lengths ?? fullLengths(x));
        lastOutput = layer.connection.join(last, lastOutput);
      } else lastOutput = last;
      cellStates = result.cellStates;
      state.push(...result.states);
    });
    penalizeOutput(this.#name, output, this.#options, { step, lengths: options.lengths });
    const isApart = this.directions === 2 && this.#options.mergeMode === "none";
    return { output, outputs: isApart ? halvesOf(output) : [output], lastOutput: lastOutput!, state, cellStates };
  }

  startState(hiddenState: Tensor, layer = 0): State {
    return this.#layerAt(layer).kind.startState(hiddenState);
  }

  /** The weights of one layer and direction (0 forward, 1 reverse), for use with a cell. */
  weightsOf(layer: number, direction: 0 | 1 = 0): Weights {
    const found = this.#layers[layer]?.directions[direction];
    if (found !== undefined) return found.weights;
    const expected = `below ${this.numLayers} and ${this.directions}`;
    throw new OptionError(this.#name, "layer and direction", expected, `${layer} and ${direction}`);
  }

  parameters(): Map<string, Tensor> {
    return new Map(this.#parameters);
  }

  #makeLayer(
    kind: RecurrentKind<Weights, State>,
    layer: number,
    inputSize: number,
    weightNames: Set<string>,
  ): Layer<Weights, State> {
    const { stream, dropoutRate, recurrentDropoutRate, readingOrder, connection } = this.#options;
    const directions = Array.from({ length: this.directions }, (_, direction): Direction<Weights> => {
      const suffix = direction === 0 ? `l${layer}` : `l${layer}_reverse`;
      const readsBack = readingOrder === "reverse" || (readingOrder === "alternating" && layer % 2 === 1);
      return {
        weights: kind.makeWeights(inputSize, this.#weightMaker(suffix, weightNames)),
        reverse: direction === 1 || readsBack,
        recurrentDropout: new Dropout(recurrentDropoutRate, stream.fork(`recurrent_dropout_${suffix}`)),
        stream: stream.fork(suffix),
      };
    });
    if (layer === 0) return { kind, directions, dropout: undefined, connection: undefined };
    const make = this.#weightMaker(`l${layer}`, weightNames);
    return {
      kind,
      directions,
      dropout: new Dropout(dropoutRate, stream.fork(`dropout_l${layer}`)),
      connection: makeConnection(connection, this.#mergedSize(kind.stateSize), make),
    };
  }

  /** Makes weights of one layer and direction by the caller's initializers, or else by those of the kind. */
  #weightMaker(suffix: string, weightNames: Set<string>): MakeWeight {
    return (kindOfWeight, shape, initializer) => {
      const { stream, initializers } = this.#options;
      const name = `${kindOfWeight}_${suffix}`;
      const key = kindOfWeight.replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
      weightNames.add(key);
      const given = initializers[key];
      const own = given === undefined ? initializer : inPlaceOf(initializer, given);
      const parameter = makeParameter(this.#session, { name, shape, initializer: own, stream });
      this.#parameters.set(name, parameter);
      return parameter;
    };
  }

  #runLayer(index: number, input: Tensor, options: RecurrentForwardOptions<State>): LayerResult<State> {
    const { lengths, initialState, step = evaluationStep, timeOffset = 0, returnCellStates = false } = options;
    const { kind, directions } = this.#layers[index]!;
    const [forward, reverse] = directions.map(
      (direction, which): DirectionRun<Weights, State> => ({
        weights: direction.weights,
        options: {
          lengths,
          reverse: direction.reverse,
          initialState: initialState?.[index * directions.length + which],
          recurrentDropoutMask: this.#mask(direction.recurrentDropout, [input.shape[0]!, kind.stateSize], step),
        },
        draws: { step, timeOffset, stream: direction.stream },
        returnCellStates: returnCellStates && index === this.numLayers - 1,
      }),
    );
    const result = reverse ? kind.runBoth(input, [forward!, reverse]) : kind.run(input, forward!);
    if (forward!.returnCellStates && result.cellStates === undefined) {
      throw new OptionError(this.#name, "returnCellStates", "false, since these layers do not give cell states", true);
    }
    return result;
  }

  #check(x: Tensor, { initialState }: RecurrentForwardOptions<State>): void {
    const { inputSize } = this.#options;
    if (x?.shape?.length !== 3 || x.shape[2] !== inputSize) {
      const got = x?.shape ?? (Array.isArray(x) ? "a list; session.tensor(values, shape) makes a tensor" : `${x}`);
      throw new ShapeError(this.#name, `input of shape [batch, time, ${inputSize}]`, got);
    }
    const count = this.numLayers * this.directions;
    if (initialState !== undefined && initialState.length !== count) {
      const got = Array.isArray(initialState) ? `${initialState.length} states` : "no list";
      throw new OptionError(this.#name, "initialState", `${count} states`, got);
    }
  }

  #layerAt(layer: number): Layer<Weights, State> {
    const found = this.#layers[layer];
    if (found === undefined) throw new OptionError(this.#name, "layer", `below ${this.numLayers}`, layer);
    return found;
  }

  /** What was given side by side, as the merge mode wants it. */
  #merged(joined: Tensor): Tensor {
    return this.directions === 1 ? joined : mergeHalves(joined, this.#options.mergeMode);
  }

  #mergedSize(stateSize: number): number {
    return this.directions === 1 ? stateSize : mergedSize(stateSize, this.#options.mergeMode);
  }

  #dropBetween(dropout: Dropout, x: Tensor, step: StepContext, timeOffset: number | undefined): Tensor {
    return this.#options.variationalDropout ? dropout.forwardAlike(x, step) : dropout.forward(x, step, timeOffset);
  }

  /** `[batch, features]`: zeros and `1 / (1 - rate)`, addressed by example; undefined where nothing is dropped. */
  #mask(dropout: Dropout, shape: readonly number[], step: StepContext): Tensor | undefined {
    if (!step.training || dropout.rate === 0) return undefined;
    return dropout.forward(this.#session.full(shape, 1), step);
  }
}

function fullLengths({ shape: [batchSize = 0, seqLen = 0] }: Tensor): Int32Array {
  return new Int32Array(batchSize).fill(seqLen);
}
