/** Draws the next token from the scores of all tokens; the same seed draws the same ones on every backend. */
import { type RandomStream, Rng, scalar } from "@cellstate/tensor";
import type { GenerateOptions } from "../../task.ts";

type SamplerOptions = Omit<GenerateOptions, "length">;

export class Sampler {
  readonly #temperature: number;
  readonly #topK: number;
  readonly #topP: number;
  readonly #stream: RandomStream;
  /** Ids that are never drawn. */
  readonly #excluded: ReadonlySet<number>;
  #draws = 0;

  /** @throws {RangeError} if an option lies outside its range */
  constructor(options: SamplerOptions, excluded: Iterable<number> = []) {
    const { temperature = 1, topK = Number.POSITIVE_INFINITY, topP = 1, seed = 0 } = options;
    requireRange(temperature >= 0 && Number.isFinite(temperature), "temperature", "a number >= 0", temperature);
    requireRange(topK >= 1 && (Number.isInteger(topK) || topK === Infinity), "topK", "an integer >= 1", topK);
    requireRange(topP > 0 && topP <= 1, "topP", "a number in (0, 1]", topP);
    this.#temperature = temperature;
    this.#topK = topK;
    this.#topP = topP;
    this.#stream = new Rng(seed).stream("generate");
    this.#excluded = new Set(excluded);
  }

  /** @param scores  of all tokens: logits, or log probabilities */
  draw(scores: ArrayLike<number>): number {
    const likeliest = this.#likeliest(scores);
    if (this.#temperature === 0) return likeliest;
    const most = scores[likeliest]!;
    const ids: number[] = [];
    const weights: number[] = [];
    for (let id = 0; id < scores.length; id++) {
      if (this.#excluded.has(id)) continue;
      ids.push(id);
      weights.push(scalar.exp((scores[id]! - most) / this.#temperature));
    }
    const places = this.#kept(weights);
    let total = 0;
    for (const place of places) total += weights[place]!;
    let left = this.#stream.uniformAt(this.#draws++) * total;
    for (const place of places) {
      left -= weights[place]!;
      if (left < 0) return ids[place]!;
    }
    return likeliest; // rounding may leave a little
  }

  /** The lowest id among equals. */
  #likeliest(scores: ArrayLike<number>): number {
    let best = -1;
    for (let id = 0; id < scores.length; id++) {
      if (!this.#excluded.has(id) && (best < 0 || scores[id]! > scores[best]!)) best = id;
    }
    return best;
  }

  /** The places that are drawn from: all, or the likeliest ones, of equals the lower. */
  #kept(weights: readonly number[]): readonly number[] {
    if (this.#topK >= weights.length && this.#topP === 1) return [...weights.keys()];
    const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b).slice(0, this.#topK);
    let total = 0;
    for (const place of order) total += weights[place]!;
    const kept: number[] = [];
    let sum = 0;
    for (const place of order) {
      kept.push(place);
      sum += weights[place]!;
      if (sum >= this.#topP * total) break;
    }
    return kept;
  }
}

function requireRange(holds: boolean, option: string, expected: string, got: number): void {
  if (!holds) throw new RangeError(`generate: expected ${option} to be ${expected}, got ${got}`);
}
