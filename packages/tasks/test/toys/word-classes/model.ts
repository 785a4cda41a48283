/** The network: embedding, recurrent layers, and a linear classifier at each token. */
import {
  type BatchLoss,
  buildRecurrent,
  crossEntropy,
  Dropout,
  Embedding,
  Linear,
  type Module,
  mapRealPositions,
  namedParameters,
  type PaddedIds,
  type RecurrentModule,
  type StepContext,
} from "@cellstate/lstm-core";
import type { RandomStream, Session, Tensor } from "@cellstate/tensor";
import type { TaggingConfig } from "./config.ts";
import type { TaggedBatch } from "./data.ts";
import { PAD_ID } from "./vocabulary.ts";

export interface TaggerOptions {
  readonly config: TaggingConfig["model"];
  readonly vocabSize: number;
  readonly numTags: number;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

export class Tagger implements Module {
  readonly embedding: Embedding;
  readonly encoder: RecurrentModule;
  readonly classifier: Linear;
  readonly #session: Session;
  readonly #dropout: Dropout;

  constructor(session: Session, { config, vocabSize, numTags, stream }: TaggerOptions) {
    const { embedding, encoder } = config;
    this.#session = session;
    this.embedding = new Embedding(session, {
      vocabSize,
      embeddingSize: embedding.size,
      paddingIndex: PAD_ID,
      stream: stream.fork("embedding"),
    });
    if (embedding.vectors?.trainable === false) this.embedding.weight.setRequiresGrad(false);
    this.encoder = buildRecurrent(session, encoder, { inputSize: embedding.size, stream: stream.fork("encoder") });
    this.classifier = new Linear(session, {
      inputSize: this.encoder.outputSize,
      outputSize: numTags,
      stream: stream.fork("classifier"),
    });
    this.#dropout = new Dropout(embedding.dropout, stream.fork("embedding_dropout"));
  }

  /** Raw scores, `[batch, time, numTags]`; those on padding mean nothing. */
  forward({ ids, lengths, batchSize, seqLen }: PaddedIds, step: StepContext): Tensor {
    const idTensor = this.#session.tensor(ids, [batchSize, seqLen], { dtype: "int32" });
    const vectors = this.#dropout.forward(this.embedding.forward(idTensor), step); // [batch, time, embeddingSize]
    const { output } = this.encoder.forward(vectors, { lengths, step });
    return mapRealPositions(output, lengths, (rows) => this.classifier.forward(rows));
  }

  /** Mean cross-entropy over the tokens whose tags are known. */
  loss({ ids, tags }: TaggedBatch, step: StepContext): BatchLoss {
    return { loss: crossEntropy(this.forward(ids, step), tags), count: tags.filter((tag) => tag >= 0).length };
  }

  parameters(): Map<string, Tensor> {
    const { embedding, encoder, classifier } = this;
    return namedParameters({ embedding, encoder, classifier });
  }
}
