/** What the kernels of recurrent layers get and give. */
import type { RnnActivation } from "../backends/kernels/kernels.generated.ts";
import type { Storage } from "../storage.ts";

export type { RnnActivation };

/** One layer in one direction over `[batch, time]`, rows ending at `lengths`. */
export interface RecurrentShape {
  readonly batch: number;
  readonly time: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly reverse: boolean;
  /** Real steps of each row, `[batch]`, in `[0, time]`. */
  readonly lengths: Int32Array;
}

interface RecurrentParameters {
  /** The weights are parameters: a backend may keep what it makes of them until they are written. */
  readonly keepWeights: boolean;
  readonly weightIh: Storage;
  readonly weightHh: Storage;
  readonly biasIh: Storage;
  readonly biasHh: Storage;
}

/** What layers of all kinds read in both passes. */
export interface RecurrentArgs extends RecurrentParameters {
  readonly shape: RecurrentShape;
  readonly input: Storage;
  readonly initialHidden: Storage | undefined;
  /** Of the shape of the hidden state: its factors before each hidden product. */
  readonly recurrentDropoutMask: Storage | undefined;
  /** `[batch, time, outputStride]`, zeros on padding: the layer's features begin at `outputOffset`, others may be beside them. */
  readonly output: Storage;
  readonly outputOffset: number;
  readonly outputStride: number;
}

/** What a backward pass gets and gives besides the gradients of the gates. */
export interface RecurrentGradientArgs {
  /** Gradients of the outputs, laid out like them; zeros where absent. */
  readonly outputGradient: Storage | undefined;
  readonly hiddenGradient: Storage | undefined;
  /** Absent where nobody wants it. */
  readonly inputGradient: Storage | undefined;
  /** Absent where the caller makes them from the gates' gradients. */
  readonly weightIhGradient: Storage | undefined;
  readonly weightHhGradient: Storage | undefined;
  readonly initialHiddenGradient: Storage;
}

/** With a projection the hidden state is smaller than the cell. */
export interface LstmShape extends RecurrentShape {
  /** Features of the hidden state: `hiddenSize` without a projection. */
  readonly outputSize: number;
}

/** What the backward pass needs, by real position: time first, then row. */
interface LstmSaved {
  /** `[positions, 4 * hiddenSize]`, activated i, f, g, o. */
  readonly gates: Storage;
  /** `[positions, hiddenSize]` */
  readonly cells: Storage;
  /** `[positions, hiddenSize]` */
  readonly tanhCells: Storage;
}

/** Parameters or gradients of the layer normalization of an LSTM: gains of both parts of the pre-activations, and of the cell. */
interface LstmNorm {
  /** `[4 * hiddenSize]` */
  readonly gainIh: Storage;
  /** `[4 * hiddenSize]` */
  readonly gainHh: Storage;
  /** `[hiddenSize]` */
  readonly gainCell: Storage;
  /** `[hiddenSize]` */
  readonly biasCell: Storage;
}

/** Normalized values of all real positions. */
export interface LstmNormSaved {
  /** `[positions, 4 * hiddenSize]` */
  readonly ih: Storage;
  /** `[positions, 4 * hiddenSize]` */
  readonly hh: Storage;
  /** `[positions, hiddenSize]` */
  readonly cell: Storage;
  /** `[positions, 3]`: what the centred values of ih, hh and cell were multiplied by. */
  readonly scales: Storage;
}

/** What an LSTM may have besides, or the gradients of it. */
export interface LstmExtras {
  /** `[outputSize, hiddenSize]` */
  readonly weightHr: Storage | undefined;
  /** `[3 * hiddenSize]`: weights of the cell state in i, f and o. */
  readonly peepholes: Storage | undefined;
  readonly norm: LstmNorm | undefined;
}

export interface LstmArgs extends RecurrentArgs {
  readonly shape: LstmShape;
  readonly initialCell: Storage | undefined;
  readonly saved: LstmSaved;
  readonly extras: LstmExtras;
  /** Present with `extras.norm`. */
  readonly normSaved: LstmNormSaved | undefined;
  /** Largest magnitude of a cell state. */
  readonly cellClip: number | undefined;
  /** Of candidate and cell. */
  readonly activation: RnnActivation;
}

/** Whether a layer has anything besides the gates of Gers et al. */
export function hasExtras({ extras, recurrentDropoutMask, cellClip }: LstmArgs): boolean {
  const all = [extras.weightHr, extras.peepholes, extras.norm, recurrentDropoutMask, cellClip];
  return all.some((extra) => extra !== undefined);
}

export interface LstmForwardArgs extends LstmArgs {
  readonly hiddenState: Storage;
  readonly cellState: Storage;
}

export interface LstmBackwardArgs extends LstmArgs, RecurrentGradientArgs {
  /** Zeros where absent. */
  readonly cellGradient: Storage | undefined;
  /** `[positions, 4 * hiddenSize]`: gradients of the pre-activations. Without extras it may be `saved.gates`, whose place they take. */
  readonly gateGradient: Storage;
  /** The same of the products before their normalization; `gateGradient` itself where there is none. */
  readonly gateIhGradient: Storage;
  readonly gateHhGradient: Storage;
  readonly biasGradient: Storage;
  readonly initialCellGradient: Storage;
  readonly extrasGradient: LstmExtras;
}

interface GruArgs extends RecurrentArgs {
  /** `[positions, 4 * hiddenSize]`: r, z, the candidate's hidden part, n. */
  readonly gates: Storage;
}

export interface GruForwardArgs extends GruArgs {
  readonly hiddenState: Storage;
}

export interface GruBackwardArgs extends GruArgs, RecurrentGradientArgs {
  /** `[positions, 3 * hiddenSize]` each: gradients of what `weightIh` and `weightHh` made. */
  readonly gateIhGradient: Storage;
  readonly gateHhGradient: Storage;
  readonly biasIhGradient: Storage;
  readonly biasHhGradient: Storage;
}

interface RnnArgs extends RecurrentArgs {
  readonly activation: RnnActivation;
}

export interface RnnForwardArgs extends RnnArgs {
  readonly hiddenState: Storage;
}

export interface RnnBackwardArgs extends RnnArgs, RecurrentGradientArgs {
  /** `[positions, hiddenSize]`: gradients of the pre-activations. */
  readonly gateGradient: Storage;
  readonly biasGradient: Storage;
}
