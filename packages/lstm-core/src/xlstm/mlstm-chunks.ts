/**
 * The mLSTM over many steps at once: within a chunk it is attention whose weights decay, and chunks are joined by the recurrent state
 * (Beck et al. 2024, appendix A.3, from a given state instead of an empty one).
 */
import {
  abs,
  add,
  concat,
  cumsum,
  div,
  exp,
  matmul,
  max,
  maximum,
  mul,
  neg,
  type Session,
  slice,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "@cellstate/tensor";

/** The logarithm of a gate that is shut: far below `NO_INPUT_YET`. */
export const SHUT = -1e38;

/** What a layer reads. A block is one head of one row. */
export interface MlstmSequence {
  /** `[blocks, steps, headSize]` */
  readonly query: Tensor;
  /** `[blocks, steps, headSize]`, divided by the root of `headSize`. */
  readonly key: Tensor;
  /** `[blocks, steps, headSize]` */
  readonly value: Tensor;
  /** `[blocks, steps]`: logarithms of the input gates, `SHUT` on padding. */
  readonly inputLog: Tensor;
  /** `[blocks, steps]`: logarithms of the forget gates, 0 on padding, so that padding leaves the state as it is. */
  readonly forgetLog: Tensor;
}

/** As `MlstmState`, block by block. */
export interface BlockState {
  /** `[blocks, headSize, headSize]` */
  readonly memory: Tensor;
  /** `[blocks, headSize, 1]` */
  readonly normalizer: Tensor;
  /** `[blocks, 1]` */
  readonly stabilizer: Tensor;
}

/** @returns what each query finds, `[blocks, steps, headSize]`, and the state after the last step */
export function walkChunks(
  sequence: MlstmSequence,
  start: BlockState,
  chunkSize: number,
): { found: Tensor; state: BlockState } {
  const steps = sequence.query.shape[1]!;
  let state = start;
  const parts: Tensor[] = [];
  for (let from = 0; from < steps; from += chunkSize) {
    const { found, state: next } = walkChunk(stepsOf(sequence, from, Math.min(from + chunkSize, steps)), state);
    parts.push(found);
    state = next;
  }
  return { found: parts.length === 1 ? parts[0]! : concat(parts, 1), state };
}

function stepsOf(sequence: MlstmSequence, from: number, to: number): MlstmSequence {
  if (from === 0 && to === sequence.query.shape[1]) return sequence;
  const part = (tensor: Tensor) => slice(tensor, 1, from, to);
  return {
    query: part(sequence.query),
    key: part(sequence.key),
    value: part(sequence.value),
    inputLog: part(sequence.inputLog),
    forgetLog: part(sequence.forgetLog),
  };
}

function walkChunk(
  { query, key, value, inputLog, forgetLog }: MlstmSequence,
  { memory, normalizer, stabilizer: before }: BlockState,
): { found: Tensor; state: BlockState } {
  const { session, shape } = query;
  const steps = shape[1]!;
  const faded = cumsum(forgetLog, 1); // [blocks, steps]: from the chunk's start to each step
  const earlier = add(unsqueeze(sub(inputLog, faded), 1), shutLater(session, steps)); // [blocks, step, earlier step]
  // Found values do not depend on the stabilizer, so no gradient passes through it.
  const stabilizer = session.noGrad(() => add(faded, maximum(max(earlier, 2), before))); // [blocks, steps]
  const shift = sub(faded, stabilizer); // [blocks, steps]
  const weights = exp(add(earlier, unsqueeze(shift, 2))); // [blocks, step, earlier step]
  const ofStart = unsqueeze(exp(add(shift, before)), 2); // [blocks, steps, 1]: how much of the chunk's first state is left

  const scores = mul(matmul(query, key, { transposeB: true }), weights);
  const ofMemory = add(matmul(scores, value), mul(matmul(query, memory), ofStart)); // [blocks, steps, headSize]
  const ofNormalizer = add(unsqueeze(sum(scores, 2), 2), mul(matmul(query, normalizer), ofStart)); // [blocks, steps, 1]
  const found = div(ofMemory, maximum(abs(ofNormalizer), unsqueeze(exp(neg(stabilizer)), 2)));

  const last = <T extends Tensor>(tensor: T) => slice(tensor, 1, steps - 1, steps);
  const left = last(ofStart); // [blocks, 1, 1]
  const taken = mul(key, unsqueeze(sum(last(weights), 1), 2)); // [blocks, steps, headSize]
  return {
    found,
    state: {
      memory: add(mul(memory, left), matmul(taken, value, { transposeA: true })),
      normalizer: add(mul(normalizer, left), unsqueeze(sum(taken, 1), 2)),
      stabilizer: last(stabilizer),
    },
  };
}

/** `[steps, steps]`: nothing where the second step is not later than the first, else shut. */
function shutLater(session: Session, steps: number): Tensor {
  const values = new Float32Array(steps * steps);
  for (let step = 0; step < steps; step++) values.fill(SHUT, step * steps + step + 1, (step + 1) * steps);
  return session.tensor(values, [steps, steps]);
}
