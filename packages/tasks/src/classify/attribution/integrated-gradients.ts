/**
 * Integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365) by the vectors of tokens: on the way from zero vectors to the text's, the
 * gradients of the answer's log-probability times the way. They add up to the difference between its two ends, up to the error of the sum.
 */
import { crossEntropy, evaluationStep } from "@cellstate/lstm-core";
import { backward, denseGradient, type Session } from "@cellstate/tensor";
import { breather } from "../../prediction.ts";
import type { TextClassifier } from "../model.ts";

/** Tokens on all points that are worked on together: bounds the memory of long texts. */
const TOKENS_AT_ONCE = 8192;

/**
 * `[tokens]`: what each token's vector brings to the log-probability of a class, in nats (sums in float64).
 *
 * @param ids    of a text with tokens
 * @param label  the class
 * @param steps  points on the way, each in the middle of its part (the midpoint rule)
 */
export async function integrateGradients(
  session: Session,
  model: TextClassifier,
  { ids, label, steps }: { readonly ids: readonly number[]; readonly label: number; readonly steps: number },
): Promise<Float64Array> {
  const vectors = await vectorsOf(session, model, ids); // [tokens, embeddingSize]
  const gradients = new Float64Array(vectors.length); // sums over the points
  const rows = Math.min(steps, Math.max(1, Math.floor(TOKENS_AT_ONCE / ids.length)));
  const breathe = breather();
  for (let from = 0; from < steps; from += rows) {
    await breathe();
    const count = Math.min(rows, steps - from);
    const sums = await gradientsAt(session, model, {
      points: Array.from({ length: count }, (_, row) => (from + row + 0.5) / steps),
      vectors,
      tokens: ids.length,
      label,
    });
    sums.forEach((value, index) => {
      gradients[index % vectors.length]! += value;
    });
  }
  const size = vectors.length / ids.length;
  const scores = new Float64Array(ids.length);
  vectors.forEach((value, index) => {
    scores[Math.floor(index / size)]! += (value * gradients[index]!) / steps;
  });
  return scores;
}

async function vectorsOf(session: Session, model: TextClassifier, ids: readonly number[]): Promise<Float32Array> {
  using _ = session.noGrad();
  using _scope = session.scope();
  const row = session.tensor(Int32Array.from(ids), [1, ids.length], { dtype: "int32" });
  return Float32Array.from(await model.embedding.forward(row).read());
}

interface Points {
  /** Shares of the way, in `(0, 1)`. */
  readonly points: readonly number[];
  /** `[tokens, embeddingSize]` */
  readonly vectors: Float32Array;
  readonly tokens: number;
  readonly label: number;
}

/** `[points, tokens, embeddingSize]`: gradients of the log-probability of the class. */
async function gradientsAt(
  session: Session,
  model: TextClassifier,
  { points, vectors, tokens, label }: Points,
): Promise<ArrayLike<number> & Iterable<number> & Float32Array> {
  using _scope = session.scope();
  const data = new Float32Array(points.length * vectors.length);
  for (const [row, share] of points.entries()) {
    vectors.forEach((value, index) => {
      data[row * vectors.length + index] = share * value;
    });
  }
  const shape = [points.length, tokens, vectors.length / tokens];
  const scaled = session.tensor(data, shape, { requiresGrad: true });
  const lengths = new Int32Array(points.length).fill(tokens);
  const logits = model.forwardVectors(scaled, lengths, evaluationStep); // [points, numClasses]
  const losses = crossEntropy(logits, new Int32Array(points.length).fill(label), { reduction: "sum" });
  const gradient = backward(losses).get(scaled)!;
  return Float32Array.from(await denseGradient(gradient).read(), (value) => -value);
}
