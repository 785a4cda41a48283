/** The encoder: token vectors and recurrent layers, in both directions by default, over the source. */
import {
  buildRecurrent,
  type CellChoice,
  checkPaddedIds,
  Dropout,
  Embedding,
  EmbeddingDropout,
  LayerNorm,
  type Module,
  mapRealPositions,
  namedParameters,
  type PaddedIds,
  type RecurrentModule,
  type StepContext,
} from "@cellstate/lstm-core";
import type { EmbeddingConfig } from "@cellstate/lstm-core/config";
import { type OptionNames, type RandomStream, requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import type { EncoderConfig } from "./config.ts";
import { withDropoutBetweenLayers } from "./dropout-between-layers.ts";

export interface SourceVocabulary {
  readonly vocabSize: number;
  readonly padId: number;
}

/** A source as the decoder sees it. */
export interface Encoded {
  /** `[batch, srcLen, outputSize]`; what lies on padding means nothing. */
  readonly outputs: Tensor;
  /** `[batch]` */
  readonly lengths: Int32Array;
}

export interface EncoderOptions {
  readonly vocabulary: SourceVocabulary;
  readonly embedding: EmbeddingConfig;
  readonly encoder: EncoderConfig;
  readonly stream: RandomStream;
  /** Kinds of layers besides those that come along. Default: none. */
  readonly cells?: readonly CellChoice[] | undefined;
}

const optionNames: OptionNames<EncoderOptions> = {
  vocabulary: true,
  embedding: true,
  encoder: true,
  stream: true,
  cells: true,
};

export class Encoder implements Module {
  readonly embedding: Embedding;
  readonly recurrent: RecurrentModule;
  /** Features of `Encoded.outputs`. */
  readonly outputSize: number;
  /** Of the recurrent output, where the config asks for it. */
  readonly layerNorm: LayerNorm | undefined;
  readonly #session: Session;
  readonly #kind: EncoderConfig["kind"];
  readonly #vocabSize: number;
  readonly #embeddingDropout: EmbeddingDropout;
  readonly #outputDropout: Dropout;

  /** @throws {OptionError} if an option is unknown or outside its range */
  constructor(session: Session, options: EncoderOptions) {
    requireKnownOptions("Encoder", options, optionNames);
    const { vocabulary, embedding, encoder, stream, cells } = options;
    this.#session = session;
    this.#vocabSize = vocabulary.vocabSize;
    this.embedding = new Embedding(session, {
      vocabSize: vocabulary.vocabSize,
      embeddingSize: embedding.size,
      paddingIndex: vocabulary.padId,
      stream: stream.fork("embedding"),
    });
    this.recurrent = buildRecurrent(session, withDropoutBetweenLayers(encoder), {
      inputSize: embedding.size,
      stream: stream.fork(encoder.kind),
      cells,
    });
    this.#kind = encoder.kind;
    this.outputSize = this.recurrent.outputSize;
    if (encoder.layerNorm) {
      this.layerNorm = new LayerNorm(session, { size: this.outputSize, stream: stream.fork("layer_norm") });
    }
    this.#embeddingDropout = new EmbeddingDropout(embedding, stream);
    this.#outputDropout = new Dropout(encoder.dropout, stream.fork("output_dropout"));
  }

  /** @throws {SequenceError} if the source does not fit together or the vocabulary */
  forward(source: PaddedIds, step: StepContext): Encoded {
    checkPaddedIds("Encoder", source, this.#vocabSize);
    const { ids, lengths, batchSize, seqLen } = source;
    const idTensor = this.#session.tensor(ids, [batchSize, seqLen], { dtype: "int32" });
    const vectors = this.#embeddingDropout.forward(this.embedding.forward(idTensor), idTensor, step); // [batch, srcLen, embeddingSize]
    const { output } = this.recurrent.forward(vectors, { lengths, step });
    const outputs = this.layerNorm
      ? mapRealPositions(output, lengths, (rows) => this.layerNorm!.forward(rows))
      : output;
    return { outputs: this.#outputDropout.forward(outputs, step), lengths };
  }

  parameters(): Map<string, Tensor> {
    const { embedding, recurrent, layerNorm } = this;
    const children = { embedding, [this.#kind]: recurrent };
    return namedParameters(layerNorm ? { ...children, layer_norm: layerNorm } : children);
  }
}
