/** The network: vectors of words and of their spelling, recurrent layers, scores of tags at each word, and what chooses among them. */
import {
  type BatchLoss,
  buildRecurrent,
  type CharacterEncoder,
  CharCnn,
  CharLstm,
  Crf,
  crossEntropy,
  Dropout,
  Embedding,
  EmbeddingDropout,
  Linear,
  type Module,
  mapRealPositions,
  namedParameters,
  type RecurrentModule,
  type StepContext,
  type TagConstraints,
} from "@cellstate/lstm-core";
import { concat, gatherRows, type RandomStream, reshape, type Session, type Tensor } from "@cellstate/tensor";
import { type Components, noComponents } from "../plugin/components.ts";
import type { TaggerConfig } from "./config.ts";
import type { TaggedBatch } from "./data.ts";
import { PAD_ID, UNK_ID } from "./vocabulary.ts";

export interface TaggerOptions {
  readonly config: TaggerConfig;
  /** Ids of words; 0 is padding, 1 the unknown word. */
  readonly vocabSize: number;
  /** The lowest id of a word that train has once; such ids go up to `vocabSize`. */
  readonly firstSingleton: number;
  /** Ids of characters; 0 is padding. */
  readonly characterCount: number;
  readonly tags: readonly string[];
  /** Rules that a CRF keeps to. Default: any tag may follow any. */
  readonly constraints?: TagConstraints | undefined;
  /** Layers besides those that come along. Default: none. */
  readonly cells?: Components["cells"] | undefined;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

/** Parameters are called `embedding.*`, `characters.*`, `encoder.*`, `classifier.*` and `crf.*`. */
export class Tagger implements Module {
  readonly embedding: Embedding;
  readonly characters: CharacterEncoder | undefined;
  readonly encoder: RecurrentModule;
  readonly classifier: Linear;
  readonly crf: Crf | undefined;
  readonly #session: Session;
  readonly #embeddingDropout: EmbeddingDropout;
  readonly #characterDropout: Dropout;
  readonly #dropout: Dropout;
  readonly #singletons: { readonly rate: number; readonly first: number; readonly stream: RandomStream };

  constructor(session: Session, options: TaggerOptions) {
    const { config, vocabSize, firstSingleton, tags, constraints, cells = noComponents.cells, stream } = options;
    const { embedding, encoder } = config;
    const numTags = tags.length;
    this.#session = session;
    this.embedding = new Embedding(session, {
      vocabSize,
      embeddingSize: embedding.size,
      paddingIndex: PAD_ID,
      stream: stream.fork("embedding"),
    });
    if (embedding.vectors?.trainable === false) this.embedding.weight.setRequiresGrad(false);
    this.characters = characterEncoder(session, options, stream.fork("characters"));
    const inputSize = embedding.size + (this.characters?.outputSize ?? 0);
    this.encoder = buildRecurrent(session, encoder, { inputSize, stream: stream.fork("encoder"), cells });
    this.classifier = new Linear(session, {
      inputSize: this.encoder.outputSize,
      outputSize: numTags,
      stream: stream.fork("classifier"),
    });
    this.crf =
      config.decoder === "crf" ? new Crf(session, { numTags, constraints, stream: stream.fork("crf") }) : undefined;
    this.#embeddingDropout = new EmbeddingDropout(embedding, stream);
    this.#characterDropout = new Dropout(embedding.dropout, stream.fork("character_dropout"));
    this.#dropout = new Dropout(config.dropout, stream.fork("encoder_dropout"));
    this.#singletons = {
      rate: config.singletonDropout,
      first: firstSingleton,
      stream: stream.fork("singleton_dropout"),
    };
  }

  /** Raw scores of tags, `[batch, time, numTags]`; those on padding mean nothing. */
  emissions(batch: TaggedBatch, step: StepContext): Tensor {
    const { lengths, batchSize, seqLen } = batch.ids;
    const ids = this.#session.tensor(this.#readIds(batch, step), [batchSize, seqLen], { dtype: "int32" });
    const words = this.#embeddingDropout.forward(this.embedding.forward(ids), ids, step); // [batch, time, embeddingSize]
    const vectors =
      this.characters === undefined ? words : concat([words, this.#spelling(this.characters, batch, step)], 2);
    const { output } = this.encoder.forward(vectors, { lengths, step });
    const features = this.#dropout.forward(output, step);
    return mapRealPositions(features, lengths, (rows) => this.classifier.forward(rows));
  }

  /** Mean over all words of the batch: of the CRF the negative log-likelihood of whole sequences, else cross-entropy. */
  loss(batch: TaggedBatch, step: StepContext): BatchLoss {
    const { lengths } = batch.ids;
    const count = lengths.reduce((sum, length) => sum + length, 0);
    const emissions = this.emissions(batch, step);
    if (this.crf === undefined) return { loss: crossEntropy(emissions, batch.tags), count };
    return { loss: this.crf.loss(emissions, batch.tags, { lengths, perStep: true }), count };
  }

  parameters(): Map<string, Tensor> {
    const { embedding, characters, encoder, classifier, crf } = this;
    return namedParameters({
      embedding,
      ...(characters && { characters }),
      encoder,
      classifier,
      ...(crf && { crf }),
    });
  }

  /** Ids with some words of train that it has once hidden behind the unknown one. */
  #readIds({ ids: { ids, lengths, seqLen } }: TaggedBatch, { training, step, examples }: StepContext): Int32Array {
    const { rate, first, stream } = this.#singletons;
    if (!training || rate === 0) return ids;
    const limit = rate * 4294967296; // of the 2^32 values of a draw
    const read = ids.slice();
    lengths.forEach((length, row) => {
      for (let time = 0; time < length; time++) {
        const place = row * seqLen + time;
        const isHidden = ids[place]! >= first && stream.uint32At(time, examples[row]!, step) < limit;
        if (isHidden) read[place] = UNK_ID;
      }
    });
    return read;
  }

  /** Vectors of how the words are spelt, `[batch, time, features]`; those on padding mean nothing. */
  #spelling(characters: CharacterEncoder, { ids, spelled, spelledAt }: TaggedBatch, step: StepContext): Tensor {
    const features = characters.outputSize;
    const different = reshape(characters.forward(spelled), [spelled.seqLen, features]);
    const each = reshape(gatherRows(different, spelledAt), [ids.batchSize, ids.seqLen, features]);
    return this.#characterDropout.forward(each, step);
  }
}

function characterEncoder(
  session: Session,
  { config: { characters: config }, characterCount: vocabSize }: TaggerOptions,
  stream: RandomStream,
): CharacterEncoder | undefined {
  if (config.kind === "none") return undefined;
  const shared = { vocabSize, embeddingSize: config.size, paddingIndex: PAD_ID, stream };
  if (config.kind === "lstm") return new CharLstm(session, { ...shared, hiddenSize: config.hiddenSize });
  return new CharCnn(session, { ...shared, filters: [{ kernelSize: config.kernelSize, count: config.filters }] });
}
