/** The network of a language model: embedding, recurrent layers in one direction, an output layer. */
import {
  buildRecurrent,
  Dropout,
  Embedding,
  EmbeddingDropout,
  type Module,
  namedParameters,
  type RecurrentModule,
  type StepContext,
} from "@cellstate/lstm-core";
import type { RandomStream, RecurrentState, Session, Tensor } from "@cellstate/tensor";
import type { Components } from "../plugin/components.ts";
import type { LanguageNetworkConfig } from "./config.ts";
import { buildOutput, type OutputLayer } from "./output-layer.ts";

export interface LanguageModelOptions {
  readonly config: LanguageNetworkConfig;
  readonly vocabSize: number;
  /** Layers besides those that come along. Default: none. */
  readonly components?: Pick<Components, "cells"> | undefined;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

/** Rows of ids that are read. */
export interface ReadRows {
  /** `[rows, steps]`: ids. */
  readonly read: Int32Array;
  readonly rows: number;
  readonly steps: number;
  /** `[rows]`: steps of each row. Default: all. */
  readonly lengths?: Int32Array | undefined;
}

/** What the recurrent layers make of them. */
export interface Features {
  /** Of the last layer, `[rows, steps, outputSize]`: what the output layer reads. */
  readonly features: Tensor;
  /** Of each layer at the end of its rows. */
  readonly state: readonly RecurrentState[];
}

/** Foresees the next token; parameters are called `embedding.*`, `encoder.*` and `output.*`. */
export class LanguageModel implements Module {
  readonly embedding: Embedding;
  readonly encoder: RecurrentModule;
  readonly output: OutputLayer;
  readonly session: Session;
  readonly #embeddingDropout: EmbeddingDropout;
  readonly #dropout: Dropout;
  readonly #isVariational: boolean;

  constructor(session: Session, { config, vocabSize, components, stream }: LanguageModelOptions) {
    const { embedding, encoder } = config;
    this.session = session;
    this.embedding = new Embedding(session, {
      vocabSize,
      embeddingSize: embedding.size,
      stream: stream.fork("embedding"),
    });
    this.encoder = buildRecurrent(session, encoder, {
      inputSize: embedding.size,
      cells: components?.cells,
      stream: stream.fork("encoder"),
    });
    this.output = buildOutput(session, {
      config,
      embedding: this.embedding,
      inputSize: this.encoder.outputSize,
      vocabSize,
      stream: stream.fork("output"),
    });
    this.#embeddingDropout = new EmbeddingDropout(embedding, stream);
    this.#dropout = new Dropout(config.dropout, stream.fork("dropout"));
    this.#isVariational = encoder.variationalDropout ?? false;
  }

  /** @param initialState  of each layer. Default: zeros */
  forward(batch: ReadRows, step: StepContext, initialState?: readonly RecurrentState[]): Features {
    const { read, rows, steps, lengths } = batch;
    const ids = this.session.tensor(read, [rows, steps], { dtype: "int32" });
    const vectors = this.#embeddingDropout.forward(this.embedding.forward(ids), ids, step);
    const { output, state } = this.encoder.forward(vectors, { lengths, step, initialState });
    const features = this.#isVariational
      ? this.#dropout.forwardAlike(output, step)
      : this.#dropout.forward(output, step);
    return { features, state };
  }

  parameters(): Map<string, Tensor> {
    const { embedding, encoder, output } = this;
    return namedParameters({ embedding, encoder, output });
  }
}
