/** Vectors of words from an LSTM that spells them in both directions (Ling et al. 2015; Lample et al. 2016, section 4.1). */
import { type OptionNames, type RandomStream, requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import { Embedding } from "../layers/embedding.ts";
import { Lstm } from "../layers/lstm.ts";
import { namedParameters } from "../module.ts";
import { type CharacterEncoder, mapRealWords, type PaddedWords } from "./padded-words.ts";

export interface CharLstmOptions {
  /** Characters that there are ids of. */
  readonly vocabSize: number;
  /** Features of a character's vector. */
  readonly embeddingSize: number;
  /** Id of padding, whose vector stays 0. Default: none. */
  readonly paddingIndex?: number | undefined;
  /** Units of each direction. Default 25, as of Lample et al. 2016. */
  readonly hiddenSize?: number | undefined;
  /** Draws the first weights. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<CharLstmOptions> = {
  vocabSize: true,
  embeddingSize: true,
  paddingIndex: true,
  hiddenSize: true,
  stream: true,
};

/** What each direction knows when it has read all of a word, side by side. Parameters are `embedding.*` and `lstm.*`. */
export class CharLstm implements CharacterEncoder {
  readonly outputSize: number;
  readonly embedding: Embedding;
  readonly lstm: Lstm;
  readonly #session: Session;

  /** @throws {OptionError} if an option is unknown or a size no integer of at least 1 */
  constructor(session: Session, options: CharLstmOptions) {
    requireKnownOptions("CharLstm", options, optionNames);
    const { vocabSize, embeddingSize, paddingIndex, hiddenSize = 25, stream } = options;
    this.#session = session;
    this.embedding = new Embedding(session, {
      vocabSize,
      embeddingSize,
      ...(paddingIndex !== undefined && { paddingIndex }),
      stream: stream.fork("embedding"),
    });
    this.lstm = new Lstm(session, {
      inputSize: embeddingSize,
      hiddenSize,
      bidirectional: true,
      stream: stream.fork("lstm"),
    });
    this.outputSize = this.lstm.outputSize;
  }

  forward(words: PaddedWords): Tensor {
    return mapRealWords("CharLstm", this.#session, words, (ids, lengths) => {
      return this.lstm.forward(this.embedding.forward(ids), { lengths }).lastOutput;
    });
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ embedding: this.embedding, lstm: this.lstm });
  }
}
