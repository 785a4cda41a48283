/** The models that are timed, with fixed weights and random ids. */
import {
  buildBlank,
  Embedding,
  Linear,
  Lstm,
  type Module,
  namedParameters,
  type PaddedIds,
} from "@cellstate/lstm-core";
import { Seq2Seq } from "@cellstate/seq2seq";
import { seq2seqConfig } from "@cellstate/seq2seq/config";
import { concat, poolOverTime, type RandomStream, Rng, reshape, type Session, type Tensor } from "@cellstate/tensor";

/** What all weights and batches are drawn from. */
export const stream: RandomStream = new Rng(1).stream("bench");

/** Ids in `[0, vocabSize)`, the same for the same name. */
export function drawIds(name: string, count: number, vocabSize: number): Int32Array {
  return Int32Array.from(stream.fork(name).uniform(count, 0, vocabSize), Math.floor);
}

/** Ids `[batch, time]`. */
export function idTensor(session: Session, batch: number, time: number, vocabSize: number): Tensor {
  return session.tensor(drawIds("ids", batch * time, vocabSize), [batch, time], { dtype: "int32" });
}

/** As many numbers as are really drawn; a prime, so that no two rows of a matrix are alike. */
const DRAWN_VALUES = 65_537;

/** Small numbers, uniform in `[-0.05, 0.05)`. */
export function drawValues(count: number): Float32Array {
  const drawn = Float32Array.from(stream.fork("values").uniform(Math.min(count, DRAWN_VALUES), -0.05, 0.05));
  return Float32Array.from({ length: count }, (_, index) => drawn[index % DRAWN_VALUES]!);
}

/** Makes a module with uniform weights: orthogonal ones, which take seconds, are as fast to compute with. */
export function build<M extends Module>(session: Session, make: () => M): M {
  const module = buildBlank(session, make);
  for (const parameter of module.parameters().values()) parameter.write(drawValues(parameter.size));
  return module;
}

/** A model from ids to scores of classes. */
export interface Model {
  readonly parameters: Map<string, Tensor>;
  /** From features to scores. */
  readonly output: Linear;
  /** What the output layer reads, of ids `[batch, time]`. */
  features(ids: Tensor): Tensor;
}

interface LayerSizes {
  readonly vocabSize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
}

function makeLayers(session: Session, { vocabSize, embeddingSize, ...sizes }: LayerSizes) {
  const embedding = build(session, () => new Embedding(session, { vocabSize, embeddingSize, stream }));
  const options = { ...sizes, inputSize: embeddingSize, dropoutRate: 0, stream };
  return { embedding, encoder: build(session, () => new Lstm(session, options)) };
}

export function makeLinear(session: Session, inputSize: number, outputSize: number): Linear {
  return build(session, () => new Linear(session, { inputSize, outputSize, stream }));
}

export const sentimentVocabSize = 20000;

/** Vocabulary 20,000, embedding 128, BiLSTM 128, max and mean over time, `[batch, 512]`; 2 classes. */
export function sentimentModel(session: Session): Model {
  const { embedding, encoder } = makeLayers(session, {
    vocabSize: sentimentVocabSize,
    embeddingSize: 128,
    hiddenSize: 128,
    numLayers: 1,
    bidirectional: true,
  });
  const classifier = makeLinear(session, 512, 2);
  return {
    parameters: namedParameters({ embedding, encoder, classifier }),
    output: classifier,
    features: (ids) => {
      const [batch, time] = ids.shape as [number, number];
      const lengths = new Int32Array(batch).fill(time);
      const result = encoder.forward(embedding.forward(ids));
      const pooled = [poolOverTime(result.output, "max", lengths), poolOverTime(result.output, "mean", lengths)];
      return concat(pooled, 1);
    },
  };
}

/** Vocabulary 20,000, embedding 256, two LSTM layers of 256, the last state, `[batch, 256]`; 4 classes. */
export function classificationModel(session: Session): Model {
  const { embedding, encoder } = makeLayers(session, {
    vocabSize: sentimentVocabSize,
    embeddingSize: 256,
    hiddenSize: 256,
    numLayers: 2,
    bidirectional: false,
  });
  const classifier = makeLinear(session, 256, 4);
  return {
    parameters: namedParameters({ embedding, encoder, classifier }),
    output: classifier,
    features: (ids) => encoder.forward(embedding.forward(ids)).state.at(-1)!.hiddenState,
  };
}

/** Embedding and two LSTM layers of one width, `[batch * time, width]`; classes are the next words. */
export function languageModel(session: Session, vocabSize: number, width: number): Model {
  const sizes = { vocabSize, embeddingSize: width, hiddenSize: width, numLayers: 2, bidirectional: false };
  const { embedding, encoder } = makeLayers(session, sizes);
  const output = makeLinear(session, width, vocabSize);
  return {
    parameters: namedParameters({ embedding, encoder, output }),
    output,
    features: (ids) => reshape(encoder.forward(embedding.forward(ids)).output, [ids.size, width]),
  };
}

const translatorVocabulary = { vocabSize: 8000, padId: 0, bosId: 1, eosId: 2 };

/** Vocabularies 8,000, embedding 256, BiLSTM 256, LSTM 512, general attention, input feeding. */
export function translator(session: Session): Seq2Seq {
  const config = seq2seqConfig.parse({
    embedding: { size: 256 },
    encoder: { hiddenSize: 256 },
    attention: { kind: "general" },
    decoder: { hiddenSize: 512 },
  });
  const vocabularies = { source: translatorVocabulary, target: translatorVocabulary };
  return build(session, () => new Seq2Seq(session, { config, ...vocabularies, stream }));
}

/** Sentences of one length for `translator`, without special tokens. */
export function drawSentences(name: string, batchSize: number, seqLen: number): PaddedIds {
  const special = 3;
  return {
    ids: drawIds(name, batchSize * seqLen, translatorVocabulary.vocabSize - special).map((id) => id + special),
    lengths: new Int32Array(batchSize).fill(seqLen),
    batchSize,
    seqLen,
  };
}
