/** Five training steps that are timed, from the smallest textbook model to a translator. */
import { crossEntropy, Lstm, linearCrossEntropy, namedParameters } from "@cellstate/lstm-core";
import { teacherForcing } from "@cellstate/seq2seq";
import { concat, type Session, type Tensor } from "@cellstate/tensor";
import {
  build,
  classificationModel,
  drawIds,
  drawSentences,
  idTensor,
  languageModel,
  type Model,
  makeLinear,
  sentimentModel,
  sentimentVocabSize,
  stream,
  translator,
} from "./models.ts";

/** A model with its batch. */
interface Workload {
  readonly parameters: Map<string, Tensor>;
  /** Forward pass. */
  loss(): Tensor;
}

/** Makes a workload; weights and batch come from one fixed seed. */
export type Shape = (session: Session) => Workload;

function lossOf({ features, output: { weight, bias } }: Model, ids: Tensor, classes: Int32Array): Tensor {
  return linearCrossEntropy(features(ids), weight, classes, { bias });
}

/** Batch 32, 200 steps. */
const sentiment: Shape = (session) => {
  const model = sentimentModel(session);
  const ids = idTensor(session, 32, 200, sentimentVocabSize);
  const labels = drawIds("labels", 32, 2);
  return { parameters: model.parameters, loss: () => lossOf(model, ids, labels) };
};

/** Batch 64, 50 steps. */
const classification: Shape = (session) => {
  const model = classificationModel(session);
  const ids = idTensor(session, 64, 50, sentimentVocabSize);
  const labels = drawIds("labels", 64, 4);
  return { parameters: model.parameters, loss: () => lossOf(model, ids, labels) };
};

export interface LanguageModelSizes {
  readonly batch: number;
  readonly time: number;
  /** Of the embedding and both layers. */
  readonly width: number;
  readonly vocabSize: number;
}

export function languageModelShape({ batch, time, width, vocabSize }: LanguageModelSizes): Shape {
  return (session) => {
    const model = languageModel(session, vocabSize, width);
    const ids = idTensor(session, batch, time, vocabSize);
    const next = drawIds("next", batch * time, vocabSize);
    return { parameters: model.parameters, loss: () => lossOf(model, ids, next) };
  };
}

/** Batch 64, 20 tokens to 20. */
const translation: Shape = (session) => {
  const [batchSize, srcLen, tgtLen] = [64, 20, 19]; // the end of the target is the twentieth step
  const model = translator(session);
  const source = drawSentences("source", batchSize, srcLen);
  const target = drawSentences("target", batchSize, tgtLen);
  const step = { training: true, step: 0, examples: Int32Array.from({ length: batchSize }, (_, index) => index) };
  return { parameters: model.parameters(), loss: () => teacherForcing(model, { source, target }, step).loss };
};

/** The textbook model: LSTM of 50 on 20 numbers, one sigmoid; batch 32. */
const textbook: Shape = (session) => {
  const [batch, time] = [32, 20];
  const options = { inputSize: 1, hiddenSize: 50, numLayers: 1, bidirectional: false, dropoutRate: 0, stream };
  const encoder = build(session, () => new Lstm(session, options));
  const output = makeLinear(session, 50, 1);
  const x = session.tensor(stream.fork("x").normal(batch * time), [batch, time, 1]);
  const labels = drawIds("labels", batch, 2);
  const zero = session.zeros([batch, 1]);
  return {
    parameters: namedParameters({ encoder, output }),
    // The sigmoid of one score is the softmax of 0 and that score.
    loss: () => crossEntropy(concat([zero, output.forward(encoder.forward(x).state[0]!.hiddenState)], 1), labels),
  };
};

export const shapes = {
  a: sentiment,
  b: classification,
  c: languageModelShape({ batch: 20, time: 35, width: 650, vocabSize: 10000 }),
  d: translation,
  e: textbook,
} as const;
export type ShapeName = keyof typeof shapes;

/** Tokens that a step of each shape reads; of the translator those of the target. */
export const tokensOf: Record<ShapeName, number> = { a: 32 * 200, b: 64 * 50, c: 20 * 35, d: 64 * 20, e: 32 * 20 };
