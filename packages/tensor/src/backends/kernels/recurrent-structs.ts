/** The structs that lstm.c, gru.c and rnn.c read; fields that belong to the other pass, or to an option that is off, are null. */
import type {
  GruBackwardArgs,
  GruForwardArgs,
  LstmBackwardArgs,
  LstmForwardArgs,
  RecurrentArgs,
  RecurrentGradientArgs,
  RecurrentShape,
  RnnBackwardArgs,
  RnnForwardArgs,
} from "../../args/recurrent.ts";
import type { Storage } from "../../storage.ts";
import type { Heap } from "./heap.ts";
import { addressesIn, packed, type Scratch, type Tools } from "./structs.ts";

/** A field is an integer or an address, except where an array holds one float. */
type Field = number | readonly [float: number];

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

/** The fields of the C struct Recurrent, in order. */
function recurrentFields(
  { kernels, heap, packs, threads }: Tools,
  scratch: Scratch,
  args: RecurrentArgs & { readonly hiddenState?: Storage } & Partial<RecurrentGradientArgs>,
  kind: Kind,
): Field[] {
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
  return [
    batch,
    time,
    inputSize,
    hiddenSize,
    reverse ? 1 : 0,
    positions.count,
    scratch.ints(lengths),
    positions.at,
    positions.rows,
    gates,
    stateSize,
    packedIh.isPacked && packedHh.isPacked ? 1 : 0,
    args.outputStride,
    of(args.input),
    of(args.weightIh),
    of(args.weightHh),
    of(args.biasIh),
    of(args.biasHh),
    scratch.orZeros(args.initialHidden, batch * stateSize),
    of(args.recurrentDropoutMask),
    ofOutput(args.output),
    of(args.hiddenState),
    ofOutput(args.outputGradient),
    of(args.hiddenGradient),
    of(args.inputGradient),
    of(args.weightIhGradient),
    of(args.weightHhGradient),
    of(args.initialHiddenGradient),
    of(kind.gateIhGradient),
    of(kind.gateHhGradient),
    packedIh.address,
    packedHh.address,
    roomIf(makesWeights, packed(kernels, positions.count, inputSize)),
    roomIf(makesWeights, packed(kernels, positions.count, stateSize)),
    roomIf(makesWeights, threads * kernels.left_elements(positions.count)),
    roomIf(hasMask, positions.count * stateSize),
    roomIf(isBackward && (hasMask || kind.isCarried), batch * stateSize),
  ];
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

/** Writes a struct and returns its address. */
function struct({ heap }: Tools, scratch: Scratch, fields: readonly Field[]): number {
  const address = scratch.room(fields.length);
  fields.forEach((field, index) => {
    if (typeof field === "number") heap.ints[address / 4 + index] = field;
    else heap.floats[address / 4 + index] = field[0];
  });
  return address;
}

/** The C struct Lstm. */
export function lstmStruct(tools: Tools, scratch: Scratch, args: LstmForwardArgs | LstmBackwardArgs): number {
  const { kernels, heap, threads } = tools;
  const of = addressesIn(heap);
  const { hiddenSize, outputSize, lengths, batch } = args.shape;
  const { extras, normSaved, cellClip } = args;
  const forward = "hiddenState" in args ? args : undefined;
  const backward = "outputGradient" in args ? args : undefined;
  const gradients = backward?.extrasGradient;
  const gates = 4 * hiddenSize;
  const positions = lengths.reduce((sum, length) => sum + length, 0);
  const hasExtras =
    [extras.weightHr, extras.peepholes, extras.norm, args.recurrentDropoutMask, cellClip].find(
      (extra) => extra !== undefined,
    ) !== undefined;
  const roomIf = (condition: boolean, count: number) => (condition ? scratch.room(count) : 0);
  const roomBack = (condition: boolean, count: number) => roomIf(condition && backward !== undefined, count);
  const projects = extras.weightHr !== undefined;
  return struct(tools, scratch, [
    ...recurrentFields(tools, scratch, args, {
      name: hasExtras ? "extended lstm" : "lstm",
      gates: 4,
      panelGates: 4,
      stateSize: outputSize,
      gateIhGradient: backward?.gateIhGradient,
      gateHhGradient: backward?.gateHhGradient,
      isCarried: false,
    }),
    scratch.orZeros(args.initialCell, batch * hiddenSize),
    of(forward?.cellState),
    of(args.saved.gates),
    of(args.saved.cells),
    of(args.saved.tanhCells),
    of(backward?.cellGradient),
    of(backward?.initialCellGradient),
    of(backward?.gateGradient),
    of(backward?.biasGradient),
    roomIf(forward !== undefined, packed(kernels, 1, gates)),
    hasExtras ? 1 : 0,
    [cellClip ?? Infinity],
    of(extras.weightHr),
    of(gradients?.weightHr),
    roomIf(projects, backward ? packed(kernels, outputSize, hiddenSize) : packed(kernels, hiddenSize, outputSize)),
    roomIf(projects, positions * hiddenSize),
    roomBack(hasExtras, positions * outputSize),
    roomBack(hasExtras, positions * hiddenSize),
    roomBack(projects, packed(kernels, positions, hiddenSize)),
    roomBack(projects, threads * kernels.left_elements(positions)),
    of(extras.peepholes),
    of(gradients?.peepholes),
    roomBack(extras.peepholes !== undefined, positions * hiddenSize),
    of(extras.norm?.gainIh),
    of(extras.norm?.gainHh),
    of(extras.norm?.gainCell),
    of(extras.norm?.biasCell),
    of(gradients?.norm?.gainIh),
    of(gradients?.norm?.gainHh),
    of(gradients?.norm?.gainCell),
    of(gradients?.norm?.biasCell),
    of(normSaved?.ih),
    of(normSaved?.hh),
    of(normSaved?.cell),
    of(normSaved?.scales),
    roomBack(hasExtras, positions * hiddenSize),
  ]);
}

/** The C struct Gru. */
export function gruStruct(tools: Tools, scratch: Scratch, args: GruForwardArgs | GruBackwardArgs): number {
  const of = addressesIn(tools.heap);
  const backward = "outputGradient" in args ? args : undefined;
  return struct(tools, scratch, [
    ...recurrentFields(tools, scratch, args, {
      name: "gru",
      gates: 3,
      panelGates: 4,
      stateSize: args.shape.hiddenSize,
      gateIhGradient: backward?.gateIhGradient,
      gateHhGradient: backward?.gateHhGradient,
      isCarried: true,
    }),
    of(args.gates),
    of(backward?.biasIhGradient),
    of(backward?.biasHhGradient),
    backward ? 0 : scratch.room(packed(tools.kernels, 1, 4 * args.shape.hiddenSize)),
  ]);
}

/** The C struct Rnn. */
export function rnnStruct(tools: Tools, scratch: Scratch, args: RnnForwardArgs | RnnBackwardArgs): number {
  const of = addressesIn(tools.heap);
  const backward = "outputGradient" in args ? args : undefined;
  return struct(tools, scratch, [
    ...recurrentFields(tools, scratch, args, {
      name: "rnn",
      gates: 1,
      panelGates: 1,
      stateSize: args.shape.hiddenSize,
      gateIhGradient: backward?.gateGradient,
      gateHhGradient: backward?.gateGradient,
      isCarried: false,
    }),
    args.activation === "relu" ? 1 : 0,
    of(backward?.biasGradient),
    backward ? 0 : scratch.room(packed(tools.kernels, 1, args.shape.hiddenSize)),
  ]);
}
