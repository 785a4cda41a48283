/** The structs that lstm.c, gru.c and rnn.c read; fields that belong to the other pass, or to an option that is off, are null. */
import {
  type GruBackwardArgs,
  type GruForwardArgs,
  hasExtras,
  type LstmBackwardArgs,
  type LstmForwardArgs,
  type RecurrentArgs,
  type RecurrentGradientArgs,
  type RecurrentShape,
  type RnnBackwardArgs,
  type RnnForwardArgs,
} from "../../args/recurrent.ts";
import type { Storage } from "../../storage.ts";
import type { Heap } from "./heap.ts";
import { Gru, Lstm, type Recurrent, Rnn, rnnActivations } from "./kernels.generated.ts";
import { addressesIn, packed, type Scratch, type Tools } from "./structs.ts";

/** What the kinds of layers differ in. */
interface Kind {
  /** Which packed forms of the weights its kernels make. */
  readonly name: string;
  readonly gates: number;
  /** Vectors that a panel of the forward pass has room for, for each vector of units. */
  readonly panelGates: number;
  readonly stateSize: number;
  /** Gradients of what each weight made; of the backward pass. */
  readonly gateIhGradient: Storage | undefined;
  readonly gateHhGradient: Storage | undefined;
  /** The gradient of the hidden state also flows past the gates. */
  readonly isCarried: boolean;
}

/** What the structs of all kinds begin with. */
function recurrentFields(
  { kernels, heap, packs, threads }: Tools,
  scratch: Scratch,
  args: RecurrentArgs & { readonly hiddenState?: Storage } & Partial<RecurrentGradientArgs>,
  kind: Kind,
): Recurrent {
  const { batch, time, inputSize, hiddenSize, reverse, lengths } = args.shape;
  const { gates, stateSize } = kind;
  const of = addressesIn(heap);
  const ofOutput = (storage: Storage | undefined) => (storage ? of(storage) + 4 * args.outputOffset : 0);
  const positions = listPositions(heap, scratch, args.shape);
  const isBackward = "inputGradient" in args;
  const roomIf = (condition: boolean, count: number) => (condition ? scratch.room(count) : 0);
  const makesWeights = args.weightIhGradient !== undefined;
  const pack = (weight: Storage, columns: number) => {
    const count = isBackward
      ? packed(kernels, gates * hiddenSize, columns)
      : packed(kernels, columns, kind.panelGates * hiddenSize);
    if (!args.keepWeights) return { address: scratch.room(count), isPacked: false };
    return packs.find(weight, `${kind.name} ${isBackward ? "backward" : "forward"}`, count);
  };
  const unused = { address: 0, isPacked: true };
  const packedIh = isBackward && !args.inputGradient ? unused : pack(args.weightIh, inputSize);
  const packedHh = pack(args.weightHh, stateSize);
  const hasMask = args.recurrentDropoutMask !== undefined;
  return {
    sequence: {
      batch,
      time,
      inputSize,
      hiddenSize,
      reverse: reverse ? 1 : 0,
      positions: positions.count,
      lengths: scratch.ints(lengths),
      positionAt: positions.at,
      rows: positions.rows,
    },
    gates,
    stateSize,
    isPacked: packedIh.isPacked && packedHh.isPacked ? 1 : 0,
    outputStride: args.outputStride,
    input: of(args.input),
    weightIh: of(args.weightIh),
    weightHh: of(args.weightHh),
    biasIh: of(args.biasIh),
    biasHh: of(args.biasHh),
    initialHidden: scratch.orZeros(args.initialHidden, batch * stateSize),
    mask: of(args.recurrentDropoutMask),
    output: ofOutput(args.output),
    hiddenState: of(args.hiddenState),
    dOutput: ofOutput(args.outputGradient),
    dHiddenState: of(args.hiddenGradient),
    dInput: of(args.inputGradient),
    dWeightIh: of(args.weightIhGradient),
    dWeightHh: of(args.weightHhGradient),
    dInitialHidden: of(args.initialHiddenGradient),
    dGatesIh: of(kind.gateIhGradient),
    dGatesHh: of(kind.gateHhGradient),
    packedIh: packedIh.address,
    packedHh: packedHh.address,
    packedInputs: roomIf(makesWeights, packed(kernels, positions.count, inputSize)),
    packedPrevious: roomIf(makesWeights, packed(kernels, positions.count, stateSize)),
    strips: roomIf(makesWeights, threads * kernels.left_elements(positions.count)),
    masked: roomIf(hasMask, positions.count * stateSize),
    products: roomIf(isBackward && (hasMask || kind.isCarried), batch * stateSize),
  };
}

/** Where the real positions, numbered by time and then row, begin at each step, and their rows; written to the heap at once. */
function listPositions(
  heap: Heap,
  scratch: Scratch,
  { batch, time, lengths }: RecurrentShape,
): { count: number; at: number; rows: number } {
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const at = scratch.room(time + 1);
  const rows = scratch.room(count);
  const { ints } = heap;
  ints[at / 4] = 0;
  for (let t = 0, position = 0; t < time; t++) {
    for (let row = 0; row < batch; row++) if (t < lengths[row]!) ints[rows / 4 + position++] = row;
    ints[at / 4 + t + 1] = position;
  }
  return { count, at, rows };
}

/** The address of an Lstm. */
export function lstmStruct(tools: Tools, scratch: Scratch, args: LstmForwardArgs | LstmBackwardArgs): number {
  return scratch.struct(Lstm, lstmFields(tools, scratch, args));
}

/** The fields of an Lstm. */
export function lstmFields(tools: Tools, scratch: Scratch, args: LstmForwardArgs | LstmBackwardArgs): Lstm {
  const { kernels, heap, threads } = tools;
  const of = addressesIn(heap);
  const { hiddenSize, outputSize, lengths, batch } = args.shape;
  const { extras, normSaved, cellClip } = args;
  const forward = "hiddenState" in args ? args : undefined;
  const backward = "outputGradient" in args ? args : undefined;
  const gradients = backward?.extrasGradient;
  const gates = 4 * hiddenSize;
  const positions = lengths.reduce((sum, length) => sum + length, 0);
  const isExtended = hasExtras(args);
  const roomIf = (condition: boolean, count: number) => (condition ? scratch.room(count) : 0);
  const roomBack = (condition: boolean, count: number) => roomIf(condition && backward !== undefined, count);
  const projects = extras.weightHr !== undefined;
  return {
    base: recurrentFields(tools, scratch, args, {
      name: isExtended ? "extended lstm" : "lstm",
      gates: 4,
      panelGates: 4,
      stateSize: outputSize,
      gateIhGradient: backward?.gateIhGradient,
      gateHhGradient: backward?.gateHhGradient,
      isCarried: false,
    }),
    initialCell: scratch.orZeros(args.initialCell, batch * hiddenSize),
    cellState: of(forward?.cellState),
    gates: of(args.saved.gates),
    cells: of(args.saved.cells),
    tanhCells: of(args.saved.tanhCells),
    dCellState: of(backward?.cellGradient),
    dInitialCell: of(backward?.initialCellGradient),
    dGates: of(backward?.gateGradient),
    dBias: of(backward?.biasGradient),
    bias: roomIf(forward !== undefined, packed(kernels, 1, gates)),
    activation: rnnActivations[args.activation],
    hasExtras: isExtended ? 1 : 0,
    cellClip: cellClip ?? Infinity,
    weightHr: of(extras.weightHr),
    dWeightHr: of(gradients?.weightHr),
    packedHr: roomIf(
      projects,
      backward ? packed(kernels, outputSize, hiddenSize) : packed(kernels, hiddenSize, outputSize),
    ),
    unprojected: roomIf(projects, positions * hiddenSize),
    dState: roomBack(isExtended, positions * outputSize),
    dUnprojected: roomBack(isExtended, positions * hiddenSize),
    packedUnprojected: roomBack(projects, packed(kernels, positions, hiddenSize)),
    hrStrips: roomBack(projects, threads * kernels.left_elements(positions)),
    peepholes: of(extras.peepholes),
    dPeepholes: of(gradients?.peepholes),
    cellsBefore: roomBack(extras.peepholes !== undefined, positions * hiddenSize),
    gainIh: of(extras.norm?.gainIh),
    gainHh: of(extras.norm?.gainHh),
    gainCell: of(extras.norm?.gainCell),
    biasCell: of(extras.norm?.biasCell),
    dGainIh: of(gradients?.norm?.gainIh),
    dGainHh: of(gradients?.norm?.gainHh),
    dGainCell: of(gradients?.norm?.gainCell),
    dBiasCell: of(gradients?.norm?.biasCell),
    normIh: of(normSaved?.ih),
    normHh: of(normSaved?.hh),
    normCell: of(normSaved?.cell),
    normScales: of(normSaved?.scales),
    dCells: roomBack(isExtended, positions * hiddenSize),
  };
}

/** The address of a Gru. */
export function gruStruct(tools: Tools, scratch: Scratch, args: GruForwardArgs | GruBackwardArgs): number {
  const of = addressesIn(tools.heap);
  const backward = "outputGradient" in args ? args : undefined;
  return scratch.struct(Gru, {
    base: recurrentFields(tools, scratch, args, {
      name: "gru",
      gates: 3,
      panelGates: 4,
      stateSize: args.shape.hiddenSize,
      gateIhGradient: backward?.gateIhGradient,
      gateHhGradient: backward?.gateHhGradient,
      isCarried: true,
    }),
    gates: of(args.gates),
    dBiasIh: of(backward?.biasIhGradient),
    dBiasHh: of(backward?.biasHhGradient),
    bias: backward ? 0 : scratch.room(packed(tools.kernels, 1, 4 * args.shape.hiddenSize)),
  });
}

/** The address of an Rnn. */
export function rnnStruct(tools: Tools, scratch: Scratch, args: RnnForwardArgs | RnnBackwardArgs): number {
  const of = addressesIn(tools.heap);
  const backward = "outputGradient" in args ? args : undefined;
  return scratch.struct(Rnn, {
    base: recurrentFields(tools, scratch, args, {
      name: "rnn",
      gates: 1,
      panelGates: 1,
      stateSize: args.shape.hiddenSize,
      gateIhGradient: backward?.gateGradient,
      gateHhGradient: backward?.gateGradient,
      isCarried: false,
    }),
    activation: rnnActivations[args.activation],
    dBias: of(backward?.biasGradient),
    bias: backward ? 0 : scratch.room(packed(tools.kernels, 1, args.shape.hiddenSize)),
  });
}
