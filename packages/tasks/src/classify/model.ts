/** The network of a text classifier: embedding, recurrent layers, pooling over time, linear classifier. */
import {
  BagEmbedding,
  type BatchLoss,
  buildPooling,
  buildRecurrent,
  crossEntropy,
  Dropout,
  Embedding,
  EmbeddingDropout,
  Linear,
  linearCrossEntropy,
  type Module,
  namedParameters,
  type PaddedIds,
  type Pooling,
  type RecurrentModule,
  type StepContext,
} from "@cellstate/lstm-core";
import type { RandomStream, Session, Tensor } from "@cellstate/tensor";
import { type Components, noComponents } from "../plugin/components.ts";
import type { ClassifierModelConfig } from "./config.ts";
import type { TextBatch } from "./data.ts";
import type { LossInput } from "./own-loss.ts";
import { type UnkDropoutOptions, unkDropout } from "./unk-dropout.ts";

/** What a text classifier is made from. */
export interface TextClassifierOptions {
  readonly config: ClassifierModelConfig;
  readonly vocabSize: number;
  readonly padId: number;
  /** Needed where the config's `unkDropout` is above 0. */
  readonly unkId: number | undefined;
  readonly numClasses: number;
  /** Rows of each token's n-grams; needed where the config's `embedding.kind` is `hash-ngrams`. */
  readonly bags?: readonly (readonly number[])[] | undefined;
  /** Weight of each class in the loss. Default: all 1. */
  readonly classWeights?: ArrayLike<number> | undefined;
  /** Layers and poolings besides those that come along. Default: none. */
  readonly components?: Pick<Components, "cells" | "poolings"> | undefined;
  /** Loss of a batch in place of cross-entropy. Default: none. */
  readonly ownLoss?: ((input: LossInput) => Tensor) | undefined;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

/** Scores every class of a text from its ids; parameters are called `embedding.*`, `encoder.*`, `pooling.*` and `classifier.*`. */
export class TextClassifier implements Module {
  readonly embedding: Embedding | BagEmbedding;
  readonly encoder: RecurrentModule;
  readonly pooling: Pooling;
  readonly classifier: Linear;
  readonly padId: number;
  readonly #session: Session;
  readonly #vocabSize: number;
  readonly #unkDropout: UnkDropoutOptions | undefined;
  readonly #embeddingDropout: EmbeddingDropout;
  readonly #pooledDropout: Dropout;
  readonly #classWeights: Tensor | undefined;
  readonly #ownLoss: TextClassifierOptions["ownLoss"];

  constructor(session: Session, options: TextClassifierOptions) {
    const { config, vocabSize, padId, unkId, numClasses, classWeights, bags = [], stream } = options;
    const { cells, poolings } = options.components ?? noComponents;
    const { embedding, encoder } = config;
    const vectors = { embeddingSize: embedding.size, stream: stream.fork("embedding") };
    this.embedding =
      embedding.kind === "hash-ngrams"
        ? new BagEmbedding(session, { ...vectors, bags, rows: embedding.buckets })
        : new Embedding(session, { ...vectors, vocabSize, paddingIndex: padId });
    if (embedding.kind === "table" && embedding.vectors?.trainable === false) {
      this.embedding.weight.setRequiresGrad(false);
    }
    this.encoder = buildRecurrent(session, encoder, {
      inputSize: embedding.size,
      stream: stream.fork("encoder"),
      cells,
    });
    const pooled = { layers: this.encoder, stream: stream.fork("pooling") };
    this.pooling = buildPooling(session, config.pooling, pooled, poolings);
    this.classifier = new Linear(session, {
      inputSize: this.pooling.outputSize,
      outputSize: numClasses,
      stream: stream.fork("classifier"),
    });
    this.#session = session;
    this.#vocabSize = vocabSize;
    this.padId = padId;
    this.#unkDropout =
      unkId === undefined ? undefined : { rate: config.unkDropout, unkId, stream: stream.fork("unk_dropout") };
    this.#embeddingDropout = new EmbeddingDropout(embedding, stream);
    this.#pooledDropout = new Dropout(config.dropout, stream.fork("pooled_dropout"));
    this.#ownLoss = options.ownLoss;
    this.#classWeights = classWeights && session.tensor(classWeights, [numClasses]);
  }

  /** The vectors of all ids, `[vocabSize, embeddingSize]`, whatever they are made of. */
  vectors(): Tensor {
    const ids = this.#session.tensor(
      Int32Array.from({ length: this.#vocabSize }, (_, id) => id),
      [this.#vocabSize],
      {
        dtype: "int32",
      },
    );
    return this.#session.noGrad(() => this.embedding.forward(ids));
  }

  /** Raw scores, `[batch, numClasses]`; a text without tokens gets those of zero features. */
  forward(texts: PaddedIds, step: StepContext): Tensor {
    return this.classifier.forward(this.#features(texts, step));
  }

  /** The same from the vectors of tokens in place of their ids, `[batch, time, embeddingSize]`; `lengths` are real tokens of each text. */
  forwardVectors(vectors: Tensor, lengths: Int32Array, step: StepContext): Tensor {
    return this.classifier.forward(this.#pooled(vectors, lengths, step));
  }

  /** What the classifier reads, `[batch, outputSize of the pooling]`. */
  #features(texts: PaddedIds, step: StepContext): Tensor {
    const hidden = this.#unkDropout === undefined ? texts : unkDropout(texts, this.#unkDropout, step);
    const { ids, lengths, batchSize, seqLen } = hidden;
    const idTensor = this.#session.tensor(ids, [batchSize, seqLen], { dtype: "int32" });
    const vectors = this.#embeddingDropout.forward(this.embedding.forward(idTensor), idTensor, step); // [batch, time, embeddingSize]
    return this.#pooled(vectors, lengths, step);
  }

  #pooled(vectors: Tensor, lengths: Int32Array, step: StepContext): Tensor {
    const states = this.encoder.forward(vectors, { lengths, step });
    const pooled = this.pooling.forward(states, lengths, step); // [batch, outputSize]
    return this.#pooledDropout.forward(pooled, step);
  }

  /** Loss of a batch: cross-entropy with the weights of classes and of texts, the weighted mean, unless it has a loss of its own. */
  loss({ ids, labels, weights }: TextBatch, step: StepContext, labelSmoothing: number): BatchLoss {
    const count = labels.filter((label) => label >= 0).length;
    if (this.#ownLoss !== undefined) {
      return { loss: this.#ownLoss({ logits: this.forward(ids, step), labels, weights }), count };
    }
    const options = { classWeights: this.#classWeights, labelSmoothing };
    if (weights !== undefined) {
      return { loss: crossEntropy(this.forward(ids, step), labels, { ...options, weights }), count };
    }
    const { weight, bias } = this.classifier;
    return { loss: linearCrossEntropy(this.#features(ids, step), weight, labels, { ...options, bias }), count };
  }

  parameters(): Map<string, Tensor> {
    const { embedding, encoder, pooling, classifier } = this;
    return namedParameters({ embedding, encoder, pooling, classifier });
  }
}
