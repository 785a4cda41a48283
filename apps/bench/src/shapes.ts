/** The models and batches whose training steps are timed: five shapes from the smallest textbook model to a translator. */
import { crossEntropy, Embedding, Linear, Lstm, type Module, namedParameters, poolLstm } from "@cellstate/lstm-core";
import { Seq2Seq, teacherForcing } from "@cellstate/seq2seq";
import { seq2seqConfig } from "@cellstate/seq2seq/config";
import { concat, type RandomStream, Rng, reshape, type Session, type Tensor } from "@cellstate/tensor";

/** A model with its batch. */
export interface Workload {
  readonly parameters: Map<string, Tensor>;
  /** Tokens of the batch; of a translator those of the target. */
  readonly tokens: number;
  /** Forward pass. */
  loss(): Tensor;
}

/** Makes a workload; weights and batch come from one fixed seed. */
export type Shape = (session: Session) => Workload;

const stream = new Rng(1).stream("bench");

function drawIds(name: string, count: number, vocabSize: number): Int32Array {
  return Int32Array.from(stream.fork(name).uniform(count, 0, vocabSize), Math.floor);
}

function idTensor(session: Session, from: RandomStream, shape: readonly [number, number], vocabSize: number): Tensor {
  const ids = Int32Array.from(from.uniform(shape[0] * shape[1], 0, vocabSize), Math.floor);
  return session.tensor(ids, shape, { dtype: "int32" });
}

interface LayerSizes {
  readonly vocabSize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
}

function makeLayers(session: Session, { vocabSize, embeddingSize, ...sizes }: LayerSizes) {
  const embedding = new Embedding(session, { vocabSize, embeddingSize, stream: stream.fork("embedding") });
  const encoder = new Lstm(session, {
    ...sizes,
    inputSize: embeddingSize,
    dropoutRate: 0,
    stream: stream.fork("encoder"),
  });
  return { embedding, encoder };
}

function makeLinear(session: Session, inputSize: number, outputSize: number): Linear {
  return new Linear(session, { inputSize, outputSize, stream: stream.fork("output") });
}

function parametersOf(children: Readonly<Record<string, Module>>): Map<string, Tensor> {
  return namedParameters(children);
}

/** Sentiment: vocabulary 20,000, embedding 128, BiLSTM 128, max and mean over time, 2 classes; batch 32, 200 steps. */
const sentiment: Shape = (session) => {
  const sizes = { vocabSize: 20000, embeddingSize: 128, hiddenSize: 128, numLayers: 1, bidirectional: true };
  const [batch, time] = [32, 200];
  const { embedding, encoder } = makeLayers(session, sizes);
  const classifier = makeLinear(session, 512, 2);
  const ids = idTensor(session, stream.fork("ids"), [batch, time], sizes.vocabSize);
  const labels = drawIds("labels", batch, 2);
  const lengths = new Int32Array(batch).fill(time);
  return {
    parameters: parametersOf({ embedding, encoder, classifier }),
    tokens: batch * time,
    loss: () => {
      const result = encoder.forward(embedding.forward(ids));
      const pooled = [poolLstm(result, "max", lengths, 2), poolLstm(result, "mean", lengths, 2)];
      return crossEntropy(classifier.forward(concat(pooled, 1)), labels);
    },
  };
};

/** Classification: vocabulary 20,000, embedding 256, two LSTM layers of 256, the last state, 4 classes; batch 64, 50 steps. */
const classification: Shape = (session) => {
  const sizes = { vocabSize: 20000, embeddingSize: 256, hiddenSize: 256, numLayers: 2, bidirectional: false };
  const [batch, time] = [64, 50];
  const { embedding, encoder } = makeLayers(session, sizes);
  const classifier = makeLinear(session, 256, 4);
  const ids = idTensor(session, stream.fork("ids"), [batch, time], sizes.vocabSize);
  const labels = drawIds("labels", batch, 4);
  return {
    parameters: parametersOf({ embedding, encoder, classifier }),
    tokens: batch * time,
    loss: () => {
      const { state } = encoder.forward(embedding.forward(ids));
      return crossEntropy(classifier.forward(state.at(-1)!.hiddenState), labels);
    },
  };
};

/** Language model: vocabulary 10,000, embedding 650, two LSTM layers of 650, full softmax; batch 20, 35 steps. */
const languageModel: Shape = (session) => {
  const sizes = { vocabSize: 10000, embeddingSize: 650, hiddenSize: 650, numLayers: 2, bidirectional: false };
  const [batch, time] = [20, 35];
  const { embedding, encoder } = makeLayers(session, sizes);
  const output = makeLinear(session, 650, sizes.vocabSize);
  const ids = idTensor(session, stream.fork("ids"), [batch, time], sizes.vocabSize);
  const next = drawIds("next", batch * time, sizes.vocabSize);
  return {
    parameters: parametersOf({ embedding, encoder, output }),
    tokens: batch * time,
    loss: () => {
      const states = reshape(encoder.forward(embedding.forward(ids)).output, [batch * time, 650]);
      return crossEntropy(output.forward(states), next);
    },
  };
};

/** Translation: vocabularies 8,000, embedding 256, BiLSTM 256, LSTM 512, general attention, input feeding; batch 64, 20 to 20. */
const translation: Shape = (session) => {
  const vocabulary = { vocabSize: 8000, padId: 0 };
  const [batchSize, srcLen, tgtLen] = [64, 20, 19]; // the end of the target is the twentieth step
  const config = seq2seqConfig.parse({
    embedding: { size: 256 },
    encoder: { hiddenSize: 256 },
    attention: { kind: "general" },
    decoder: { hiddenSize: 512 },
  });
  const model = new Seq2Seq(session, {
    config,
    source: vocabulary,
    target: { ...vocabulary, bosId: 1, eosId: 2 },
    stream: stream.fork("model"),
  });
  const rows = (name: string, seqLen: number) => ({
    ids: drawIds(name, batchSize * seqLen, vocabulary.vocabSize - 3).map((id) => id + 3),
    lengths: new Int32Array(batchSize).fill(seqLen),
    batchSize,
    seqLen,
  });
  const batch = { source: rows("source", srcLen), target: rows("target", tgtLen) };
  const step = { training: true, step: 0, examples: Int32Array.from({ length: batchSize }, (_, index) => index) };
  return {
    parameters: model.parameters(),
    tokens: batchSize * (tgtLen + 1),
    loss: () => teacherForcing(model, batch, step).loss,
  };
};

/** The textbook model: LSTM of 50 on 20 numbers, one sigmoid; batch 32. */
const textbook: Shape = (session) => {
  const [batch, time] = [32, 20];
  const options = { inputSize: 1, hiddenSize: 50, numLayers: 1, bidirectional: false, dropoutRate: 0 };
  const encoder = new Lstm(session, { ...options, stream: stream.fork("encoder") });
  const output = makeLinear(session, 50, 1);
  const x = session.tensor(stream.fork("x").normal(batch * time), [batch, time, 1]);
  const labels = drawIds("labels", batch, 2);
  const zero = session.zeros([batch, 1]);
  return {
    parameters: parametersOf({ encoder, output }),
    tokens: batch * time,
    // The sigmoid of one score is the softmax of 0 and that score.
    loss: () => crossEntropy(concat([zero, output.forward(encoder.forward(x).state[0]!.hiddenState)], 1), labels),
  };
};

export const shapes = { a: sentiment, b: classification, c: languageModel, d: translation, e: textbook } as const;
export type ShapeName = keyof typeof shapes;
