/** Vectors of words from filters over their characters (Kim et al. 2016, section 2.2; Zhang, Zhao & LeCun 2015 for texts). */
import {
  concat,
  OptionError,
  type OptionNames,
  poolOverTime,
  type RandomStream,
  requireKnownOptions,
  type Session,
  type Tensor,
} from "@cellstate/tensor";
import { type Activation, type ActivationFunction, resolveActivation } from "../activations/activations.ts";
import { Conv1d } from "../convolution/conv1d.ts";
import { Embedding } from "../layers/embedding.ts";
import { type Module, namedParameters } from "../module.ts";
import { type CharacterEncoder, mapRealWords, type PaddedWords } from "./padded-words.ts";

export interface CharCnnOptions {
  /** Characters that there are ids of. */
  readonly vocabSize: number;
  /** Features of a character's vector. */
  readonly embeddingSize: number;
  /** Id of padding, whose vector stays 0. Default: none. */
  readonly paddingIndex?: number | undefined;
  /** How many characters filters see, and how many filters see so many. Default: 30 filters of 3, as of Ma & Hovy 2016. */
  readonly filters?: readonly { readonly kernelSize: number; readonly count: number }[] | undefined;
  /** Of the filters. Default `tanh`. */
  readonly activation?: Activation | undefined;
  /** Draws the first weights. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<CharCnnOptions> = {
  vocabSize: true,
  embeddingSize: true,
  paddingIndex: true,
  filters: true,
  activation: true,
  stream: true,
};

/** The largest value of each filter over a word, around which stand zeros. Parameters are `embedding.*`, `filters.0.*`, ... */
export class CharCnn implements CharacterEncoder {
  readonly outputSize: number;
  readonly embedding: Embedding;
  readonly filters: readonly Conv1d[];
  readonly #session: Session;
  readonly #activate: ActivationFunction;

  /** @throws {OptionError} if an option is unknown or outside its range, or there is no filter */
  constructor(session: Session, options: CharCnnOptions) {
    requireKnownOptions("CharCnn", options, optionNames);
    const { vocabSize, embeddingSize, paddingIndex, filters = [{ kernelSize: 3, count: 30 }], stream } = options;
    if (filters.length === 0) throw new OptionError("CharCnn", "filters", "at least one size of filters", "none");
    this.#activate = resolveActivation("CharCnn", "activation", options.activation ?? "tanh");
    this.#session = session;
    this.embedding = new Embedding(session, {
      vocabSize,
      embeddingSize,
      ...(paddingIndex !== undefined && { paddingIndex }),
      stream: stream.fork("embedding"),
    });
    this.filters = filters.map(({ kernelSize, count }, index) => {
      const sizes = { inputSize: embeddingSize, outputSize: count, kernelSize, padding: "same" } as const;
      return new Conv1d(session, { ...sizes, stream: stream.fork(`filters.${index}`) });
    });
    this.outputSize = filters.reduce((sum, { count }) => sum + count, 0);
  }

  forward(words: PaddedWords): Tensor {
    return mapRealWords("CharCnn", this.#session, words, (ids, lengths) => {
      const characters = this.embedding.forward(ids); // [words, wordLen, embeddingSize]
      const found = this.filters.map((filter) => {
        return poolOverTime(this.#activate(filter.forward(characters, lengths)), "max", lengths);
      });
      return concat(found, 1);
    });
  }

  parameters(): Map<string, Tensor> {
    const filters = Object.fromEntries(
      this.filters.map((filter, index): [string, Module] => [`filters.${index}`, filter]),
    );
    return namedParameters({ embedding: this.embedding, ...filters });
  }
}
