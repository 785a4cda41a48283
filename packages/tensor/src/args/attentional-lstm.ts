/** What the kernels of an LSTM that attends get and give. */
import type { Storage } from "../storage.ts";

export interface AttentionalLstmShape {
  readonly batch: number;
  /** At least 1. */
  readonly time: number;
  /** Features of a token's vector. */
  readonly vectorSize: number;
  readonly hiddenSize: number;
  readonly attentionalSize: number;
  readonly srcLen: number;
  /** Real positions of each source row, `[batch]`, in `[0, srcLen]`. */
  readonly srcLengths: Int32Array;
  readonly querySize: number;
  readonly valueSize: number;
  /** Whether a step's input ends with the attentional vector of the step before. */
  readonly isFed: boolean;
}

/** `[time * batch, ...]`, step by step, what the backward pass reads. */
interface AttentionalLstmSaved {
  /** A token's vector, then the attentional vector that is fed. */
  readonly inputs: Storage;
  /** `4 * hiddenSize`, activated i, f, g, o. */
  readonly gates: Storage;
  /** `hiddenSize`, of `time + 1` steps: before the first one, then after each. */
  readonly hidden: Storage;
  /** The same of the cells. */
  readonly cells: Storage;
  readonly tanhCells: Storage;
  /** With a query weight. */
  readonly queries: Storage | undefined;
  /** `valueSize + hiddenSize`: context, then hidden state. */
  readonly combined: Storage;
  /** `srcLen * querySize`, for additive scores with a backward pass: `tanh(query + key)`. */
  readonly tanhs: Storage | undefined;
}

export interface AttentionalLstmArgs {
  readonly shape: AttentionalLstmShape;
  /** The weights are parameters: a backend may keep what it makes of them until they are written. */
  readonly keepWeights: boolean;
  /** `[batch, time, vectorSize]` */
  readonly input: Storage;
  readonly weightIh: Storage;
  readonly weightHh: Storage;
  readonly biasIh: Storage;
  readonly biasHh: Storage;
  /** `[querySize, hiddenSize]`; absent where the hidden state is the query. */
  readonly weightQuery: Storage | undefined;
  /** `[querySize]` for additive scores; absent for dot products. */
  readonly energy: Storage | undefined;
  /** `[attentionalSize, valueSize + hiddenSize]` */
  readonly weightCombine: Storage;
  readonly keys: Storage;
  readonly values: Storage;
  readonly initialHidden: Storage;
  readonly initialCell: Storage;
  /** Present with `isFed`. */
  readonly initialAttentional: Storage | undefined;
  /** `[batch, time, attentionalSize]` */
  readonly output: Storage;
  /** `[batch, time, srcLen]` */
  readonly attentionWeights: Storage;
  readonly saved: AttentionalLstmSaved;
}

export interface AttentionalLstmForwardArgs extends AttentionalLstmArgs {
  readonly hiddenState: Storage;
  readonly cellState: Storage;
}

export interface AttentionalLstmBackwardArgs extends AttentionalLstmArgs {
  /** Gradients of the outputs; zeros where absent. */
  readonly outputGradient: Storage | undefined;
  readonly hiddenGradient: Storage | undefined;
  readonly cellGradient: Storage | undefined;
  readonly attentionWeightsGradient: Storage | undefined;
  /** Absent where nobody wants it. */
  readonly inputGradient: Storage | undefined;
  /** `[time * batch, ...]`: of the pre-activations, of the queries, and of the attentional vectors before their tanh. */
  readonly gateGradient: Storage;
  readonly queryGradient: Storage;
  readonly combineGradient: Storage;
  readonly biasGradient: Storage;
  /** Present with `energy`. */
  readonly energyGradient: Storage | undefined;
  readonly keysGradient: Storage;
  readonly valuesGradient: Storage;
  /** Whether `keysGradient` holds a sum that the gradient of each step is added to, rather than nothing. */
  readonly addToKeys: boolean;
  readonly addToValues: boolean;
  readonly initialHiddenGradient: Storage;
  readonly initialCellGradient: Storage;
  /** Present with `isFed`. */
  readonly initialAttentionalGradient: Storage | undefined;
}
