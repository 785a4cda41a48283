/** A continuous cache: the tokens that followed similar states are likelier (Grave, Joulin & Usunier 2017, arXiv:1612.04426). */
import { concat, matmul, scalar, type Tensor } from "@cellstate/tensor";
import type { EvaluationConfig } from "../config.ts";

type CacheConfig = Pick<Extract<EvaluationConfig, { kind: "cache" }>, "size" | "flatness" | "share">;

export class ContinuousCache {
  readonly #config: CacheConfig;
  readonly #width: number;
  /** `[remembered, width]`: the features of the last steps. */
  #features = new Float32Array(0);
  /** What followed each of them. */
  #next = new Int32Array(0);

  /** @param width  numbers that the features of a step have */
  constructor(width: number, config: CacheConfig) {
    this.#width = width;
    this.#config = config;
  }

  /**
   * The losses of steps with the cache's share, and remembers the steps.
   *
   * @param features  `[steps, width]`
   * @param next      what follows each step
   * @param losses    of the model alone, nats
   */
  losses(features: Tensor, next: Int32Array, losses: ArrayLike<number>): Float64Array {
    const { size } = this.#config;
    const { session } = features;
    const remembered = session.tensor(this.#features, [this.#next.length, this.#width]);
    const all = this.#next.length === 0 ? features : concat([remembered, features], 0);
    const likeness = matmul(features, all, { transposeB: true }).readSync(); // [steps, remembered + steps]
    const following = Int32Array.from([...this.#next, ...next]);
    const before = this.#next.length;
    const mixed = Float64Array.from(next, (token, step) => {
      const end = before + step;
      const row = likeness.subarray(step * following.length, step * following.length + end);
      return this.#mix(
        losses[step]!,
        token,
        row.subarray(Math.max(0, end - size)),
        following.subarray(Math.max(0, end - size), end),
      );
    });
    const kept = Math.min(size, following.length);
    this.#next = following.slice(following.length - kept);
    this.#features = Float32Array.from(all.readSync().subarray((following.length - kept) * this.#width));
    return mixed;
  }

  /** @param likeness  of each remembered step to this one, beside what followed it */
  #mix(loss: number, token: number, likeness: ArrayLike<number>, following: Int32Array): number {
    if (following.length === 0) return loss;
    const { flatness, share } = this.#config;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < following.length; at++) most = Math.max(most, likeness[at]!);
    let [all, same] = [0, 0];
    for (let at = 0; at < following.length; at++) {
      const weight = scalar.exp(flatness * (likeness[at]! - most));
      all += weight;
      if (following[at] === token) same += weight;
    }
    return -scalar.log((1 - share) * scalar.exp(-loss) + (share * same) / all);
  }
}
