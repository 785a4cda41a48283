/** Dropout of token vectors: whole words, at single places or wherever they stand, and features. */
import { dropout, mul, type RandomStream, reshape, ShapeError, type Tensor } from "@cellstate/tensor";
import { requireRate } from "../errors.ts";
import type { StepContext } from "../module.ts";
import { Dropout } from "./dropout.ts";

/**
 * Zeroes the vectors of a share of the vocabulary in training, each word's wherever it stands in the batch, and scales the others by
 * `1 / (1 - rate)`: the model learns to do without single words (Gal & Ghahramani 2016, section 4.2; Merity et al. 2018, section 4.3).
 */
export class RowDropout {
  readonly rate: number;
  readonly #stream: RandomStream;

  /**
   * @param rate    share of the words dropped, in `[0, 1)`
   * @param stream  this layer's own stream, asked at (step, word)
   * @throws {OptionError} if `rate` lies outside its range
   */
  constructor(rate: number, stream: RandomStream) {
    requireRate("RowDropout", "rate", rate);
    this.rate = rate;
    this.#stream = stream;
  }

  /**
   * @param vectors  `[batch, time, feature]`
   * @param ids      int32 `[batch, time]`: the words that the vectors belong to
   */
  forward(vectors: Tensor, ids: Tensor, step: StepContext): Tensor {
    if (!step.training || this.rate === 0) return vectors;
    if (ids.shape.join() !== vectors.shape.slice(0, -1).join()) {
      throw new ShapeError("RowDropout", `ids of shape [${vectors.shape.slice(0, -1).join(", ")}]`, ids.shape);
    }
    const words = ids.readSync() as Int32Array;
    const kept = vectors.session.full([words.length, 1], 1);
    const factors = dropout(kept, this.rate, { stream: this.#stream, step: step.step, examples: words });
    return mul(vectors, reshape(factors, [...ids.shape, 1]));
  }
}

/** Zeroes a share of the vectors in training, each by itself, and scales the others by `1 / (1 - rate)` (Iyyer et al. 2015). */
export class WordDropout {
  readonly #dropout: Dropout;

  /**
   * @param rate    share of the places dropped, in `[0, 1)`
   * @param stream  this layer's own stream, asked at (step, example, time)
   * @throws {OptionError} if `rate` lies outside its range
   */
  constructor(rate: number, stream: RandomStream) {
    this.#dropout = new Dropout(rate, stream);
  }

  /**
   * @param vectors     `[batch, time, feature]`, rows as in `step.examples`
   * @param timeOffset  time of the first step of `vectors` within its sequence. Default 0
   */
  forward(vectors: Tensor, step: StepContext, timeOffset = 0): Tensor {
    if (!step.training || this.#dropout.rate === 0) return vectors;
    const [batchSize, time] = vectors.shape as [number, number];
    return mul(vectors, this.#dropout.forward(vectors.session.full([batchSize, time, 1], 1), step, timeOffset));
  }
}

/** As a config's `embedding` section says it. */
export interface EmbeddingDropoutRates {
  /** Share of the features of each vector. */
  readonly dropout: number;
  /** Share of the places. Default 0. */
  readonly wordDropout?: number | undefined;
  /** Share of the words of the vocabulary. Default 0. */
  readonly rowDropout?: number | undefined;
}

/** What may be dropped of token vectors, one after the other: words of the vocabulary, places, features. */
export class EmbeddingDropout {
  readonly #rows: RowDropout;
  readonly #words: WordDropout;
  readonly #features: Dropout;

  /**
   * @param stream  of the model that reads the vectors
   * @throws {OptionError} if a rate lies outside `[0, 1)`
   */
  constructor({ dropout: rate, wordDropout = 0, rowDropout = 0 }: EmbeddingDropoutRates, stream: RandomStream) {
    this.#rows = new RowDropout(rowDropout, stream.fork("row_dropout"));
    this.#words = new WordDropout(wordDropout, stream.fork("word_dropout"));
    this.#features = new Dropout(rate, stream.fork("embedding_dropout"));
  }

  /**
   * @param vectors  `[batch, time, feature]`, rows as in `step.examples`
   * @param ids      int32 `[batch, time]`
   */
  forward(vectors: Tensor, ids: Tensor, step: StepContext): Tensor {
    return this.#features.forward(this.#words.forward(this.#rows.forward(vectors, ids, step), step), step);
  }
}
