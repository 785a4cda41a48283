/** A stack of LSTM layers, each in one direction or both, over ragged batches; one fused operation per layer and direction. */
import { concat, type LstmWeights, lstm, type RandomStream, type Session, type Tensor } from "@cellstate/tensor";
import type { LstmState } from "../cells/lstm-cell.ts";
import { OptionError, requireSize } from "../errors.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { type Initializer, zeros } from "../initializers/initializer.ts";
import { orthogonal } from "../initializers/orthogonal.ts";
import { forgetBias, perGate } from "../initializers/per-gate.ts";
import { evaluationStep, type Module, namedParameters, type StepContext } from "../module.ts";
import { Dropout } from "./dropout.ts";
import { makeParameter } from "./parameter.ts";

export interface LstmOptions {
  readonly inputSize: number;
  /** Features of each direction. */
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  /** Dropout between layers, in `[0, 1)`; the last layer's output is not dropped. */
  readonly dropoutRate: number;
  /** Draws the first weights and the dropout masks. */
  readonly stream: RandomStream;
}

export interface LstmForwardOptions {
  /** `[batch]`: real steps of each row, from its start. Default: all steps of `x`. */
  readonly lengths?: Int32Array | undefined;
  /** States to start from, in the order of `LstmResult.state`. Default: zeros. */
  readonly initialState?: readonly LstmState[] | undefined;
  /** Needed in training, for dropout. Default: evaluation. */
  readonly step?: StepContext | undefined;
  /** Time of the first step of `x` within its sequence, part of the address of dropout. Default 0. */
  readonly timeOffset?: number | undefined;
}

export interface LstmResult {
  /** `[batch, time, directions * hiddenSize]`: top layer, forward features first; zeros on padding. */
  readonly output: Tensor;
  /** Layer 0 forward, layer 0 reverse, layer 1 forward, ...: each at the end of its own walk over the real steps. */
  readonly state: readonly LstmState[];
}

/**
 * Long short-term memory layers with PyTorch's parameter names (`weight_ih_l0`, `weight_hh_l0_reverse`, ...) and gate order.
 * Input weights start Glorot uniform, recurrent weights orthogonal (both gate by gate), `bias_ih` 1 for the forget gate.
 */
export class Lstm implements Module {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly directions: 1 | 2;
  /** Features of the output: `directions * hiddenSize`. */
  readonly outputSize: number;
  /** In the order of `LstmResult.state`. */
  readonly #weights: LstmWeights[] = [];
  /** Before each layer but the first. */
  readonly #dropouts: Dropout[] = [];

  /** @throws {OptionError} if a size is not an integer of at least 1, or the rate lies outside `[0, 1)` */
  constructor(session: Session, options: LstmOptions) {
    const { inputSize, hiddenSize, numLayers, bidirectional, dropoutRate, stream } = options;
    requireSize("Lstm", "inputSize", inputSize);
    requireSize("Lstm", "hiddenSize", hiddenSize);
    requireSize("Lstm", "numLayers", numLayers);
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.directions = bidirectional ? 2 : 1;
    this.outputSize = this.directions * hiddenSize;
    for (let layer = 0; layer < numLayers; layer++) {
      const size = layer === 0 ? inputSize : this.outputSize;
      for (let direction = 0; direction < this.directions; direction++) {
        this.#weights.push(makeWeights(session, size, hiddenSize, suffixOf(layer, direction), stream));
      }
      if (layer > 0) this.#dropouts.push(new Dropout(dropoutRate, stream.fork(`dropout_l${layer}`)));
    }
  }

  /**
   * @param x  `[batch, time, inputSize]`
   * @throws {OptionError} if `initialState` has not one state for each layer and direction
   */
  forward(x: Tensor, options: LstmForwardOptions = {}): LstmResult {
    const { lengths, initialState, step = evaluationStep, timeOffset = 0 } = options;
    if (initialState !== undefined && initialState.length !== this.#weights.length) {
      throw new OptionError("Lstm", "initialState", `${this.#weights.length} states`, `${initialState.length} states`);
    }
    const state: LstmState[] = [];
    let output = x;
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) output = this.#dropouts[layer - 1]!.forward(output, step, timeOffset);
      const input = output;
      const outputs: Tensor[] = [];
      for (let direction = 0; direction < this.directions; direction++) {
        const index = layer * this.directions + direction;
        const previous = initialState?.[index];
        const result = lstm(input, this.#weights[index]!, {
          reverse: direction === 1,
          ...(lengths === undefined ? {} : { lengths }),
          ...(previous === undefined ? {} : { initialState: previous }),
        });
        outputs.push(result.output); // [batch, time, hiddenSize]
        state.push({ hiddenState: result.hiddenState, cellState: result.cellState });
      }
      output = outputs.length === 1 ? outputs[0]! : concat(outputs, 2); // [batch, time, outputSize]
    }
    return { output, state };
  }

  /** The weights of one layer and direction (0 forward, 1 reverse), for use with `lstmCell`. */
  weightsOf(layer: number, direction: 0 | 1 = 0): LstmWeights {
    const weights = direction < this.directions ? this.#weights[layer * this.directions + direction] : undefined;
    if (weights === undefined) {
      throw new OptionError(
        "Lstm",
        "layer and direction",
        `below ${this.numLayers} and ${this.directions}`,
        `${layer} and ${direction}`,
      );
    }
    return weights;
  }

  parameters(): Map<string, Tensor> {
    const children: Record<string, Tensor> = {};
    this.#weights.forEach((weights, index) => {
      const suffix = suffixOf(Math.floor(index / this.directions), index % this.directions);
      children[`weight_ih_${suffix}`] = weights.weightIh;
      children[`weight_hh_${suffix}`] = weights.weightHh;
      children[`bias_ih_${suffix}`] = weights.biasIh;
      children[`bias_hh_${suffix}`] = weights.biasHh;
    });
    return namedParameters(children);
  }
}

function suffixOf(layer: number, direction: number): string {
  return direction === 0 ? `l${layer}` : `l${layer}_reverse`;
}

function makeWeights(
  session: Session,
  inputSize: number,
  hiddenSize: number,
  suffix: string,
  stream: RandomStream,
): LstmWeights {
  const rows = 4 * hiddenSize;
  const make = (name: string, shape: readonly number[], initializer: Initializer) =>
    makeParameter(session, { name: `${name}_${suffix}`, shape, initializer, stream });
  return {
    weightIh: make("weight_ih", [rows, inputSize], perGate(glorotUniform)),
    weightHh: make("weight_hh", [rows, hiddenSize], perGate(orthogonal)),
    biasIh: make("bias_ih", [rows], forgetBias(hiddenSize)),
    biasHh: make("bias_hh", [rows], zeros),
  };
}
