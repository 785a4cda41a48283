/** One layer in one direction that goes step by step over a ragged batch. */
import { type RecurrentState, reshape, ShapeError, type Tensor } from "@cellstate/tensor";
import { requireLengths } from "../errors.ts";
import type { DirectionRun, LayerResult, RecurrentKind } from "./recurrent-kind.ts";
import { type WalkOptions, walkRows } from "./walk-rows.ts";

/** How a layer goes: see `WalkOptions`; what lies beside the input is `[batch, time, ...]` each. */
type Walk<State extends RecurrentState> = Pick<WalkOptions<State>, "step" | "prepare" | "beside">;

/** @param input  `[batch, time, inputSize]` */
export function walkLayer<Weights, State extends RecurrentState>(
  { name, stateSize, startState }: Pick<RecurrentKind<Weights, State>, "name" | "stateSize" | "startState">,
  input: Tensor,
  { options, returnCellStates }: DirectionRun<Weights, State>,
  { step, prepare, beside = [] }: Walk<State>,
): LayerResult<State> {
  const [batchSize, seqLen] = input.shape as [number, number, number];
  const { lengths = new Int32Array(batchSize).fill(seqLen), reverse = false, recurrentDropoutMask: mask } = options;
  requireLengths(name, lengths, batchSize, seqLen);
  const start = startState(input.session.zeros([batchSize, stateSize]));
  const { initialState = start } = options;
  requireLike(name, initialState, start);
  const flat = (x: Tensor) => reshape(x, [batchSize * seqLen, ...x.shape.slice(2)]);
  const collected = returnCellStates ? ["hiddenState", "cellState"] : ["hiddenState"];
  const { sequences, state } = walkRows({
    input: flat(input),
    seqLen,
    lengths,
    reverse,
    initialState,
    mask,
    beside: beside.map(flat),
    collected,
    prepare,
    step,
  });
  const [output, cellStates] = sequences.map((x) => reshape(x, [batchSize, seqLen, ...x.shape.slice(1)]));
  return { output: output!, states: [state], cellStates };
}

/** @throws {ShapeError} unless a state has the tensors of `start`, in their shapes */
function requireLike(name: string, state: RecurrentState, start: RecurrentState): void {
  const given = new Map(Object.entries<Tensor>({ ...state }));
  for (const [part, { shape }] of Object.entries<Tensor>({ ...start })) {
    const found = given.get(part);
    if (found?.shape.join() === shape.join()) continue;
    throw new ShapeError(name, `initialState.${part} of shape [${shape.join(", ")}]`, found?.shape ?? "none");
  }
}
