/**
 * One attention step: scores of a query against keys, softmax over the real steps, weighted sum of values.
 *
 * Score of step t: `query . keys[t]` (Luong et al. 2015, eq. 8, "dot") or `energy . tanh(query + keys[t])` (Bahdanau et
 * al. 2015, appendix A.1.2). Sums over features and over time steps take the 16-lane order, the context rising order; their
 * terms are fused multiply-adds.
 */
import type { AttentionShape } from "../../backend.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { maximum } from "./elementwise.ts";
import { type Floats, floatArray, laneDot, laneSum } from "./sums.ts";

export interface AttentionArrays {
  readonly shape: AttentionShape;
  readonly query: Floats;
  readonly keys: Floats;
  readonly values: Floats;
  readonly energy: Floats | undefined;
  readonly context: Floats;
  readonly weights: Floats;
  readonly tanhs: Floats | undefined;
}

export function attentionForward(math: Arithmetic, arrays: AttentionArrays): void {
  const { shape, query, keys, values, energy, context, weights } = arrays;
  const { batch, time, querySize, valueSize, lengths } = shape;
  const r = math.round;
  weights.fill(0);
  context.fill(0);
  for (let row = 0; row < batch; row++) {
    const length = lengths[row]!;
    if (length === 0) continue;
    const scores = floatArray(math.floatType, length);
    for (let t = 0; t < length; t++) {
      const key = (row * time + t) * querySize;
      const [q, k] = [(j: number) => query[row * querySize + j]!, (j: number) => keys[key + j]!];
      const tanh = (j: number) => {
        const u = math.tanh(r(q(j) + k(j)));
        if (arrays.tanhs) arrays.tanhs[key + j] = u;
        return u;
      };
      scores[t] = energy ? laneDot(math, querySize, (j) => energy[j]!, tanh) : laneDot(math, querySize, q, k);
    }
    let top = scores[0]!;
    for (let t = 1; t < length; t++) top = maximum(top, scores[t]!);
    for (let t = 0; t < length; t++) scores[t] = math.exp(r(scores[t]! - top));
    const total = laneSum(math, length, (t) => scores[t]!);
    for (let t = 0; t < length; t++) {
      const weight = r(scores[t]! / total);
      weights[row * time + t] = weight;
      for (let v = 0; v < valueSize; v++) {
        const at = row * valueSize + v;
        context[at] = math.fma(weight, values[(row * time + t) * valueSize + v]!, context[at]!);
      }
    }
  }
}

export interface AttentionGradientArrays {
  readonly context: Floats;
  readonly weights: Floats | undefined;
  readonly query: Floats;
  readonly keys: Floats;
  readonly values: Floats;
  readonly addToKeys: boolean;
  readonly addToValues: boolean;
  readonly energy: Floats | undefined;
}

export function attentionBackward(math: Arithmetic, arrays: AttentionArrays, gradients: AttentionGradientArrays): void {
  const { batch, time, valueSize, lengths } = arrays.shape;
  const r = math.round;
  gradients.query.fill(0);
  if (!gradients.addToKeys) gradients.keys.fill(0);
  if (!gradients.addToValues) gradients.values.fill(0);
  gradients.energy?.fill(0);
  for (let row = 0; row < batch; row++) {
    const length = lengths[row]!;
    const dWeights = floatArray(math.floatType, length);
    for (let t = 0; t < length; t++) {
      const value = (row * time + t) * valueSize;
      const weight = arrays.weights[row * time + t]!;
      const own = laneDot(
        math,
        valueSize,
        (v) => gradients.context[row * valueSize + v]!,
        (v) => arrays.values[value + v]!,
      );
      dWeights[t] = gradients.weights ? r(own + gradients.weights[row * time + t]!) : own;
      for (let v = 0; v < valueSize; v++) {
        const share = r(weight * gradients.context[row * valueSize + v]!);
        gradients.values[value + v] = gradients.addToValues ? r(gradients.values[value + v]! + share) : share;
      }
    }
    const weightAt = (t: number) => arrays.weights[row * time + t]!;
    const mean = laneDot(math, length, weightAt, (t) => dWeights[t]!);
    for (let t = 0; t < length; t++) {
      scoreGradient(math, arrays, gradients, row, t, r(weightAt(t) * r(dWeights[t]! - mean)));
    }
  }
}

/** Spreads the gradient `d` of one score over query, key and energy; steps come in rising order. */
function scoreGradient(
  math: Arithmetic,
  arrays: AttentionArrays,
  gradients: AttentionGradientArrays,
  row: number,
  t: number,
  d: number,
): void {
  const { time, querySize } = arrays.shape;
  const r = math.round;
  for (let j = 0; j < querySize; j++) {
    const [atQuery, atKey] = [row * querySize + j, (row * time + t) * querySize + j];
    const [q, k] = [arrays.query[atQuery]!, arrays.keys[atKey]!];
    if (arrays.energy && gradients.energy) {
      const u = arrays.tanhs![atKey]!;
      const inner = r(r(d * arrays.energy[j]!) * math.fma(-u, u, 1));
      gradients.energy[atQuery] = math.fma(d, u, gradients.energy[atQuery]!);
      gradients.query[atQuery] = r(gradients.query[atQuery]! + inner);
      gradients.keys[atKey] = gradients.addToKeys ? r(gradients.keys[atKey]! + inner) : inner;
    } else {
      const inner = r(d * q);
      gradients.query[atQuery] = math.fma(d, k, gradients.query[atQuery]!);
      gradients.keys[atKey] = gradients.addToKeys ? r(gradients.keys[atKey]! + inner) : inner;
    }
  }
}
