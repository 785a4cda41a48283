/** The whole model: an encoder that reads ids of one vocabulary and a decoder that writes ids of another. */
import {
  type CellChoice,
  type Module,
  namedParameters,
  type PaddedIds,
  SequenceError,
  type StepContext,
} from "@cellstate/lstm-core";
import { type OptionNames, type RandomStream, requireKnownOptions, type Session, type Tensor } from "@cellstate/tensor";
import type { Seq2SeqConfig } from "./config.ts";
import { Decoder, type TargetVocabulary } from "./decoder.ts";
import { type Encoded, Encoder, type SourceVocabulary } from "./encoder.ts";

export interface Seq2SeqOptions {
  readonly config: Seq2SeqConfig;
  readonly source: SourceVocabulary;
  readonly target: TargetVocabulary;
  /** Draws the first weights and the dropout masks. */
  readonly stream: RandomStream;
  /** Kinds of layers besides those that come along. Default: none. */
  readonly cells?: readonly CellChoice[] | undefined;
}

const optionNames: OptionNames<Seq2SeqOptions> = {
  config: true,
  source: true,
  target: true,
  stream: true,
  cells: true,
};

export class Seq2Seq implements Module {
  readonly session: Session;
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  readonly source: SourceVocabulary;
  readonly target: TargetVocabulary;

  /**
   * @throws {OptionError} if an option is unknown or outside its range
   * @throws {SequenceError} if two special ids of the target are the same or lie outside its vocabulary
   */
  constructor(session: Session, options: Seq2SeqOptions) {
    requireKnownOptions("Seq2Seq", options, optionNames);
    const { config, source, target, stream, cells } = options;
    checkTarget(target);
    this.session = session;
    this.source = source;
    this.target = target;
    this.encoder = new Encoder(session, {
      vocabulary: source,
      embedding: config.embedding,
      encoder: config.encoder,
      stream: stream.fork("encoder"),
      cells,
    });
    this.decoder = new Decoder(session, {
      vocabulary: target,
      embedding: config.embedding,
      attention: config.attention,
      decoder: config.decoder,
      encoderSize: this.encoder.outputSize,
      stream: stream.fork("decoder"),
      cells,
    });
  }

  /** @throws {SequenceError} if the source does not fit together or the vocabulary */
  encode(source: PaddedIds, step: StepContext): Encoded {
    return this.encoder.forward(source, step);
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ encoder: this.encoder, decoder: this.decoder });
  }
}

function checkTarget({ vocabSize, padId, bosId, eosId }: TargetVocabulary): void {
  const ids = [padId, bosId, eosId];
  const valid =
    ids.every((id) => Number.isInteger(id) && id >= 0 && id < vocabSize) && new Set(ids).size === ids.length;
  if (!valid) {
    throw new SequenceError("Seq2Seq", `padId, bosId and eosId to be three ids in [0, ${vocabSize})`, ids.join(", "));
  }
}
