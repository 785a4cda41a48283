/** Which keys a query may see, as numbers that are added to the scores; and the softmax over what it sees. */
import {
  add,
  greater,
  mul,
  neg,
  OptionError,
  reshape,
  type Session,
  ShapeError,
  softmax,
  Tensor,
} from "@cellstate/tensor";

/** Added to a score that does not count: far below every score, and four of them are still a number of float32. */
const SHUT = -5e37;

export interface AttentionMaskOptions {
  readonly batchSize: number;
  readonly queryLen: number;
  readonly keyLen: number;
  readonly lengths: Int32Array | undefined;
  readonly keyLengths: Int32Array | undefined;
  readonly causal: boolean;
  /** `[queryLen, keyLen]` or `[batch, queryLen, keyLen]`: 1 where a query may see a key, else 0. */
  readonly mask: Tensor | undefined;
}

/** Broadcasts to `[batch, heads, queryLen, keyLen]`; undefined where every query sees every key. */
export function attentionMask(session: Session, options: AttentionMaskOptions): Tensor | undefined {
  const { batchSize, queryLen, keyLen, lengths, keyLengths, causal, mask } = options;
  const parts: Tensor[] = [];
  if (lengths?.some((length) => length < queryLen)) {
    parts.push(reshape(beyondLengths(session, lengths, queryLen), [batchSize, 1, queryLen, 1]));
  }
  if (keyLengths?.some((length) => length < keyLen)) {
    parts.push(reshape(beyondLengths(session, keyLengths, keyLen), [batchSize, 1, 1, keyLen]));
  }
  if (causal) parts.push(later(session, queryLen, keyLen));
  if (mask !== undefined) parts.push(given(mask, batchSize, queryLen, keyLen));
  return parts.length === 0 ? undefined : parts.reduce((sum, part) => add(sum, part));
}

/** Softmax along the last axis over the scores that count; zeros where none does. */
export function maskedSoftmax(scores: Tensor, shut: Tensor): Tensor {
  // Where nothing counts all scores are about equal, and so are their shares.
  return mul(softmax(add(scores, shut)), greater(shut, SHUT / 2));
}

/** `[batch, time]`: 0 on real steps, behind them what shuts a score. */
export function beyondLengths(session: Session, lengths: Int32Array, time: number): Tensor {
  const values = new Float64Array(lengths.length * time);
  lengths.forEach((length, row) => {
    values.fill(SHUT, row * time + length, (row + 1) * time);
  });
  return session.tensor(values, [lengths.length, time]);
}

/** `[1, 1, queryLen, keyLen]`: keys behind the place of the query. */
function later(session: Session, queryLen: number, keyLen: number): Tensor {
  const values = new Float64Array(queryLen * keyLen);
  for (let query = 0; query < queryLen; query++) {
    values.fill(SHUT, query * keyLen + Math.min(query + 1, keyLen), (query + 1) * keyLen);
  }
  return session.tensor(values, [1, 1, queryLen, keyLen]);
}

function given(mask: Tensor, batchSize: number, queryLen: number, keyLen: number): Tensor {
  if (!(mask instanceof Tensor))
    throw new OptionError("MultiHeadAttention", "mask", "a tensor of zeros and ones", mask);
  const isShared = mask.shape.length === 2;
  const want = isShared ? [queryLen, keyLen] : [batchSize, queryLen, keyLen];
  if (mask.shape.join() !== want.join()) {
    const expected = `a mask of shape [${queryLen}, ${keyLen}] or [${batchSize}, ${queryLen}, ${keyLen}]`;
    throw new ShapeError("MultiHeadAttention", expected, mask.shape);
  }
  const blocked = mul(add(neg(mask), 1), SHUT); // 0 where a query may see a key
  return reshape(blocked, [isShared ? 1 : batchSize, 1, queryLen, keyLen]);
}
