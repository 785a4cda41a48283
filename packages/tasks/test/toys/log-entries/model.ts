/** The network: embedding, recurrent layers in one direction, and a score for each id that may come next. */
import {
  buildRecurrent,
  Dropout,
  Embedding,
  Linear,
  type Module,
  mapRealPositions,
  namedParameters,
  type RecurrentModule,
  type StepContext,
} from "@cellstate/lstm-core";
import type { RandomStream, RecurrentState, Session, Tensor } from "@cellstate/tensor";
import type { LanguageConfig } from "./config.ts";
import type { CharacterBatch } from "./data.ts";

export interface LanguageModelOptions {
  readonly config: LanguageConfig["model"];
  readonly vocabSize: number;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

/** What the model makes of a batch. */
export interface NextScores {
  /** Raw scores of what comes next, `[rows, steps, vocabSize]`; those after the end of a row mean nothing. */
  readonly logits: Tensor;
  /** Of each layer at the end of its rows. */
  readonly state: readonly RecurrentState[];
}

export class LanguageModel implements Module {
  readonly embedding: Embedding;
  readonly encoder: RecurrentModule;
  readonly output: Linear;
  readonly session: Session;
  readonly #dropout: Dropout;

  constructor(session: Session, { config, vocabSize, stream }: LanguageModelOptions) {
    const { embedding, encoder } = config;
    this.session = session;
    this.embedding = new Embedding(session, {
      vocabSize,
      embeddingSize: embedding.size,
      stream: stream.fork("embedding"),
    });
    this.encoder = buildRecurrent(session, encoder, { inputSize: embedding.size, stream: stream.fork("encoder") });
    this.output = new Linear(session, {
      inputSize: this.encoder.outputSize,
      outputSize: vocabSize,
      stream: stream.fork("output"),
    });
    this.#dropout = new Dropout(embedding.dropout, stream.fork("embedding_dropout"));
  }

  /** @param initialState  of each layer. Default: zeros */
  forward(
    { read, lengths, rows, steps }: Pick<CharacterBatch, "read" | "lengths" | "rows" | "steps">,
    step: StepContext,
    initialState?: readonly RecurrentState[],
  ): NextScores {
    const ids = this.session.tensor(read, [rows, steps], { dtype: "int32" });
    const vectors = this.#dropout.forward(this.embedding.forward(ids), step); // [rows, steps, embeddingSize]
    const { output, state } = this.encoder.forward(vectors, { lengths, step, initialState });
    return { logits: mapRealPositions(output, lengths, (real) => this.output.forward(real)), state };
  }

  parameters(): Map<string, Tensor> {
    const { embedding, encoder, output } = this;
    return namedParameters({ embedding, encoder, output });
  }
}
