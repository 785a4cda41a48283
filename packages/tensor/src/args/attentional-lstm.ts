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
export interface AttentionalLstmSaved<Room = Storage> {
  /** A token's vector, then the attentional vector that is fed. */
  readonly inputs: Room;
  /** `4 * hiddenSize`, activated i, f, g, o. */
  readonly gates: Room;
  /** `hiddenSize`, of `time + 1` steps: before the first one, then after each. */
  readonly hidden: Room;
  /** The same of the cells. */
  readonly cells: Room;
  readonly tanhCells: Room;
  /** With a query weight. */
  readonly queries: Room | undefined;
  /** `valueSize + hiddenSize`: context, then hidden state. */
  readonly combined: Room;
  /** `srcLen * querySize`, for additive scores with a backward pass: `tanh(query + key)`. */
  readonly tanhs: Room | undefined;
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
}

export interface AttentionalLstmForwardArgs extends AttentionalLstmArgs {
  /** Absent without a backward pass: then the backend finds room. */
  readonly saved: AttentionalLstmSaved | undefined;
  readonly hiddenState: Storage;
  readonly cellState: Storage;
}

export interface AttentionalLstmBackwardArgs extends AttentionalLstmArgs {
  readonly saved: AttentionalLstmSaved;
  /** Gradients of the outputs; zeros where absent. */
  readonly outputGradient: Storage | undefined;
  readonly hiddenGradient: Storage | undefined;
  readonly cellGradient: Storage | undefined;
  readonly attentionWeightsGradient: Storage | undefined;
  /** Absent where nobody wants it. */
  readonly inputGradient: Storage | undefined;
  /**
   * `[time * batch, ...]`: of the pre-activations (may be `saved.gates`, whose place they take), of the queries, and of the
   * attentional vectors before their tanh.
   */
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

/** What is saved, in the order of its fields. @param make  gets rows and features */
export function makeSaved<Room>(
  shape: AttentionalLstmShape,
  { hasQuery, keepsTanhs }: { readonly hasQuery: boolean; readonly keepsTanhs: boolean },
  make: (rows: number, width: number) => Room,
): AttentionalLstmSaved<Room> {
  const { batch, time, vectorSize, hiddenSize, attentionalSize, srcLen, querySize, valueSize, isFed } = shape;
  const steps = time * batch;
  return {
    inputs: make(steps, vectorSize + (isFed ? attentionalSize : 0)),
    gates: make(steps, 4 * hiddenSize),
    hidden: make(batch + steps, hiddenSize),
    cells: make(batch + steps, hiddenSize),
    tanhCells: make(steps, hiddenSize),
    queries: hasQuery ? make(steps, querySize) : undefined,
    combined: make(steps, valueSize + hiddenSize),
    tanhs: keepsTanhs ? make(steps, srcLen * querySize) : undefined,
  };
}

/** The same of each field. */
export function mapSaved<From, To>(
  saved: AttentionalLstmSaved<From>,
  change: (room: From) => To,
): AttentionalLstmSaved<To> {
  const { inputs, gates, hidden, cells, tanhCells, queries, combined, tanhs } = saved;
  return {
    inputs: change(inputs),
    gates: change(gates),
    hidden: change(hidden),
    cells: change(cells),
    tanhCells: change(tanhCells),
    queries: queries && change(queries),
    combined: change(combined),
    tanhs: tanhs && change(tanhs),
  };
}
