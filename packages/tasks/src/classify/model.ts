/** The network of a text classifier: embedding, recurrent layers, pooling over time, linear classifier. */
import {
  type BatchLoss,
  buildPooling,
  buildRecurrent,
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
import type { ClassifierModelConfig } from "./config.ts";
import type { TextBatch } from "./data.ts";
import { type UnkDropoutOptions, unkDropout } from "./unk-dropout.ts";

/** What a text classifier is made from. */
export interface TextClassifierOptions {
  readonly config: ClassifierModelConfig;
  readonly vocabSize: number;
  readonly padId: number;
  /** Needed where the config's `unkDropout` is above 0. */
  readonly unkId: number | undefined;
  readonly numClasses: number;
  /** Weight of each class in the loss. Default: all 1. */
  readonly classWeights?: ArrayLike<number> | undefined;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

/** Scores every class of a text from its ids; parameters are called `embedding.*`, `encoder.*`, `pooling.*` and `classifier.*`. */
export class TextClassifier implements Module {
  readonly embedding: Embedding;
  readonly encoder: RecurrentModule;
  readonly pooling: Pooling;
  readonly classifier: Linear;
  readonly padId: number;
  readonly #session: Session;
  readonly #unkDropout: UnkDropoutOptions | undefined;
  readonly #embeddingDropout: EmbeddingDropout;
  readonly #pooledDropout: Dropout;
  readonly #classWeights: Tensor | undefined;

  constructor(session: Session, options: TextClassifierOptions) {
    const { config, vocabSize, padId, unkId, numClasses, classWeights, stream } = options;
    const { embedding, encoder } = config;
    this.embedding = new Embedding(session, {
      vocabSize,
      embeddingSize: embedding.size,
      paddingIndex: padId,
      stream: stream.fork("embedding"),
    });
    if (embedding.vectors?.trainable === false) this.embedding.weight.setRequiresGrad(false);
    this.encoder = buildRecurrent(session, encoder, {
      inputSize: embedding.size,
      stream: stream.fork("encoder"),
    });
    this.pooling = buildPooling(session, config.pooling, { layers: this.encoder, stream: stream.fork("pooling") });
    this.classifier = new Linear(session, {
      inputSize: this.pooling.outputSize,
      outputSize: numClasses,
      stream: stream.fork("classifier"),
    });
    this.#session = session;
    this.padId = padId;
    this.#unkDropout =
      unkId === undefined ? undefined : { rate: config.unkDropout, unkId, stream: stream.fork("unk_dropout") };
    this.#embeddingDropout = new EmbeddingDropout(embedding, stream);
    this.#pooledDropout = new Dropout(config.dropout, stream.fork("pooled_dropout"));
    this.#classWeights = classWeights && session.tensor(classWeights, [numClasses]);
  }

  /** Raw scores, `[batch, numClasses]`; a text without tokens gets those of zero features. */
  forward(texts: PaddedIds, step: StepContext): Tensor {
    return this.classifier.forward(this.#features(texts, step));
  }

  /** What the classifier reads, `[batch, outputSize of the pooling]`. */
  #features(texts: PaddedIds, step: StepContext): Tensor {
    const hidden = this.#unkDropout === undefined ? texts : unkDropout(texts, this.#unkDropout, step);
    const { ids, lengths, batchSize, seqLen } = hidden;
    const idTensor = this.#session.tensor(ids, [batchSize, seqLen], { dtype: "int32" });
    const vectors = this.#embeddingDropout.forward(this.embedding.forward(idTensor), idTensor, step); // [batch, time, embeddingSize]
    const states = this.encoder.forward(vectors, { lengths, step });
    const pooled = this.pooling.forward(states, lengths, step); // [batch, outputSize]
    return this.#pooledDropout.forward(pooled, step);
  }

  /** Cross-entropy of a batch, with the class weights. */
  loss({ ids, labels }: TextBatch, step: StepContext, labelSmoothing: number): BatchLoss {
    const { weight, bias } = this.classifier;
    const options = { bias, classWeights: this.#classWeights, labelSmoothing };
    const loss = linearCrossEntropy(this.#features(ids, step), weight, labels, options);
    return { loss, count: labels.filter((label) => label >= 0).length };
  }

  parameters(): Map<string, Tensor> {
    const { embedding, encoder, pooling, classifier } = this;
    return namedParameters({ embedding, encoder, pooling, classifier });
  }
}
