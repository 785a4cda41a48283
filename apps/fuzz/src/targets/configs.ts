/** Small experiments of every task, with every section that a config has. */

export const CONFIGS: readonly string[] = [
  `# A classifier of texts in a file.
name: tiny
task: sentiment
seed: 3
data: { train: reviews.tsv, test: reviews.tsv, devFraction: 0.2, columns: { text: review } }
tokenizer: { kind: word, lowercase: true, minFrequency: 2 }
model:
  embedding: { size: 8, dropout: 0.1 }
  encoder: { kind: lstm, hiddenSize: 8, numLayers: 2, bidirectional: true }
  pooling: max
  dropout: 0.3
optimizer: { kind: adamw, learningRate: 2e-3 }
schedule: { kind: linear, warmupSteps: 50 }
training: { epochs: 3, batchSize: 8, clipNorm: 1.0, patience: 4, checkpointEverySteps: 2 }
`,
  `name: letters
task: translation
data:
  train: pairs.tsv
  columns: { source: left, target: right }
tokenizer:
  source: { kind: bpe, lowercase: true, normalize: nfkc, vocabSize: 300 }
  target: { kind: char }
model:
  embedding: { size: 8 }
  encoder: { kind: gru, hiddenSize: 8 }
  attention: { kind: additive }
  decoder: { hiddenSize: 8, inputFeeding: true, tieEmbeddings: true }
loss: { labelSmoothing: 0.1 }
search: { beamSize: 2, lengthPenalty: 1.0, maxDecodeLen: 4 }
maxLength: 60
metrics: { lowercase: true, select: loss }
optimizer: { kind: sgd, learningRate: 0.1, momentum: 0.9 }
training:
  epochs: 2
  patience: null
`,
  `name: &name topics
task: classification
seed: 0
data:
  dataset: reviews
  devFraction: 0.1
  seed: 1
  maxExamples: 100
tokenizer: &tokenizer
  kind: unigram
  vocabSize: 200
model: { embedding: { size: 4 }, encoder: { kind: rnn, hiddenSize: 4 }, pooling: attention }
metrics: { report: [accuracy, macroF1] }
schedule: { kind: plateau, factor: 0.5, patience: 2 }
training: { epochs: 1 }
`,
];
