/** The struct that attentional_lstm.c reads; fields that belong to the other pass, or to an option that is off, are null. */
import {
  type AttentionalLstmBackwardArgs,
  type AttentionalLstmForwardArgs,
  type AttentionalLstmSaved,
  makeSaved,
} from "../../args/attentional-lstm.ts";
import type { LstmBackwardArgs, LstmForwardArgs } from "../../args/recurrent.ts";
import type { AttentionBackwardArgs, AttentionForwardArgs } from "../../backend.ts";
import type { Storage } from "../../storage.ts";
import { AttentionalLstm } from "./kernels.generated.ts";
import { lstmFields } from "./recurrent-structs.ts";
import { addressesIn, attentionFields, packed, type Scratch, type Tools } from "./structs.ts";

type Args = AttentionalLstmForwardArgs | AttentionalLstmBackwardArgs;

/** The address of an AttentionalLstm. */
export function attentionalLstmStruct(tools: Tools, scratch: Scratch, args: Args): number {
  const { kernels, heap, packs } = tools;
  const of = addressesIn(heap);
  const { shape } = args;
  const parts = { hasQuery: args.weightQuery !== undefined, keepsTanhs: false };
  const saved = args.saved ?? makeSaved(shape, parts, (rows, width) => scratch.storage(rows * width));
  const { batch, time, vectorSize, hiddenSize, attentionalSize, srcLen, querySize, valueSize, isFed } = shape;
  const forward = "hiddenState" in args ? args : undefined;
  const backward = "outputGradient" in args ? args : undefined;
  const [inputSize, combinedSize] = [vectorSize + (isFed ? attentionalSize : 0), valueSize + hiddenSize];
  const roomBack = (count: number) => (backward ? scratch.room(count) : 0);
  /** A weight `[n, k]`, packed as `matmul` packs it. */
  const pack = (weight: Storage, n: number, k: number) => {
    const [rows, columns] = backward ? [n, k] : [k, n];
    const count = packed(kernels, rows, columns);
    if (!args.keepWeights) return { address: scratch.room(count), isPacked: false };
    return packs.find(weight, `matmul ${rows} ${columns} ${backward === undefined}`, count);
  };
  const query = args.weightQuery ? pack(args.weightQuery, querySize, hiddenSize) : { address: 0, isPacked: true };
  const combine = pack(args.weightCombine, attentionalSize, combinedSize);
  const lstm = lstmFields(tools, scratch, lstmArgs(args, saved));
  const attention = attentionFields(heap, scratch, attentionArgs(args, saved));
  return scratch.struct(AttentionalLstm, {
    lstm,
    attention: {
      ...attention,
      contextStride: combinedSize,
      weightsStride: time * srcLen,
      dEnergy: args.energy ? roomBack(time * batch * querySize) : 0,
      scratch: scratch.room((backward ? time : 1) * batch * srcLen),
    },
    time,
    vectorSize,
    attentionalSize,
    isQueryPacked: query.isPacked ? 1 : 0,
    isCombinePacked: combine.isPacked ? 1 : 0,
    input: of(args.input),
    initialHidden: of(args.initialHidden),
    initialCell: of(args.initialCell),
    initialAttentional: of(args.initialAttentional),
    weightQuery: of(args.weightQuery),
    weightCombine: of(args.weightCombine),
    output: of(args.output),
    hiddenState: of(forward?.hiddenState),
    cellState: of(forward?.cellState),
    inputs: of(saved.inputs),
    hidden: of(saved.hidden),
    cells: of(saved.cells),
    queries: of(saved.queries),
    combined: of(saved.combined),
    packedQuery: query.address,
    packedCombine: combine.address,
    dOutput: of(backward?.outputGradient),
    dHiddenState: of(backward?.hiddenGradient),
    dCellState: of(backward?.cellGradient),
    dInput: of(backward?.inputGradient),
    dInitialAttentional: of(backward?.initialAttentionalGradient),
    dCombine: of(backward?.combineGradient),
    dCombined: roomBack(time * batch * combinedSize),
    dInputs: roomBack(batch * inputSize),
    dProjected: args.weightQuery ? roomBack(batch * hiddenSize) : 0,
    dEnergy: of(backward?.energyGradient),
    sums: roomBack(4 * hiddenSize + querySize),
  });
}

/** The first step of its LSTM as a layer of one step. */
function lstmArgs(args: Args, saved: AttentionalLstmSaved): LstmForwardArgs | LstmBackwardArgs {
  const { shape } = args;
  const { batch, vectorSize, hiddenSize, attentionalSize, isFed } = shape;
  const common = {
    shape: {
      batch,
      time: 1,
      inputSize: vectorSize + (isFed ? attentionalSize : 0),
      hiddenSize,
      outputSize: hiddenSize,
      reverse: false,
      lengths: new Int32Array(batch).fill(1),
    },
    keepWeights: args.keepWeights,
    input: saved.inputs,
    weightIh: args.weightIh,
    weightHh: args.weightHh,
    biasIh: args.biasIh,
    biasHh: args.biasHh,
    initialHidden: saved.hidden,
    recurrentDropoutMask: undefined,
    output: saved.hidden,
    outputOffset: 0,
    outputStride: hiddenSize,
    initialCell: saved.cells,
    saved,
    extras: none,
    normSaved: undefined,
    cellClip: undefined,
    activation: "tanh" as const,
  };
  if ("hiddenState" in args) return { ...common, hiddenState: args.hiddenState, cellState: args.cellState };
  return {
    ...common,
    outputGradient: undefined,
    hiddenGradient: undefined,
    cellGradient: undefined,
    // Its kernel fills another place; this one says whether the input's weight is to be packed.
    inputGradient: args.inputGradient ?? args.initialAttentionalGradient,
    weightIhGradient: undefined,
    weightHhGradient: undefined,
    gateGradient: args.gateGradient,
    gateIhGradient: args.gateGradient,
    gateHhGradient: args.gateGradient,
    biasGradient: args.biasGradient,
    initialHiddenGradient: args.initialHiddenGradient,
    initialCellGradient: args.initialCellGradient,
    extrasGradient: none,
  };
}

const none = { weightHr: undefined, peepholes: undefined, norm: undefined };

/** Its first attention step. */
function attentionArgs(args: Args, saved: AttentionalLstmSaved): AttentionForwardArgs | AttentionBackwardArgs {
  const { shape } = args;
  const { batch, srcLen, srcLengths, querySize, valueSize } = shape;
  const forward = {
    shape: { batch, time: srcLen, querySize, valueSize, lengths: srcLengths },
    query: saved.queries ?? saved.hidden,
    keys: args.keys,
    values: args.values,
    energy: args.energy,
    context: saved.combined,
    weights: args.attentionWeights,
    tanhs: saved.tanhs,
  };
  if ("hiddenState" in args) return forward;
  return {
    ...forward,
    contextGradient: saved.combined, // in the kernel's work space
    weightsGradient: args.attentionWeightsGradient,
    queryGradient: args.queryGradient,
    keysGradient: args.keysGradient,
    valuesGradient: args.valuesGradient,
    addToKeys: args.addToKeys,
    addToValues: args.addToValues,
    energyGradient: undefined, // of each row: in the work space
  };
}
