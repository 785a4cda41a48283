/** Language modelling: which character comes next. */
import { type BatchLoss, crossEntropy, type StepContext } from "@cellstate/lstm-core";
import { defineTask, type ModelParts, type PipelineParts, type PlanParts, type Task } from "@cellstate/tasks";
import { meanLoss } from "@cellstate/training";
import { ALPHABET_FILE, type Alphabet, fitAlphabet, formatAlphabet, readAlphabet } from "./alphabet.ts";
import { characterPairs, countPairs, type PairCounts, pairCounts } from "./baseline.ts";
import { type LanguageConfig, languageConfig } from "./config.ts";
import { type LanguageFields, languageFields, type TextExample } from "./data.ts";
import { languageMetrics, scoreTexts } from "./metrics.ts";
import { LanguageModel } from "./model.ts";
import { lossesOf, type TextLoss } from "./predict.ts";
import { reportTexts } from "./report.ts";
import { sampleTexts } from "./sample.ts";
import { StreamStates } from "./stream-states.ts";
import { joinTexts, type StreamBatch, StreamBatches } from "./streams.ts";

type LanguagePlan = PlanParts<LanguageFields, TextExample, StreamBatch, TextLoss>;
type LanguagePipeline = PipelineParts<LanguageFields, TextExample, StreamBatch, TextLoss>;
type LanguageParts = ModelParts<TextExample, StreamBatch, TextLoss>;

export const task: Task = defineTask({
  name: "log-entries",
  configSchema: languageConfig,
  plan: (config): LanguagePlan => ({
    fields: languageFields,
    metrics: languageMetrics,
    loss: meanLoss.info,
    select: config.metrics.select,
    fit: async (train) => pipelineOf(config, await fitAlphabet(train)),
    load: (files) => pipelineOf(config, readAlphabet(files)),
  }),
});

function pipelineOf(config: LanguageConfig, alphabet: Alphabet): LanguagePipeline {
  return {
    save: () => new Map([[ALPHABET_FILE, formatAlphabet(alphabet)]]),
    encodeOne: ({ values: { text } }, index) => ({ index, text, ids: alphabet.encode(text) }),
    size: ({ ids }) => ids.length + 1,
    build: (session, rng) =>
      modelOf(
        config,
        alphabet,
        new LanguageModel(session, { config: config.model, vocabSize: alphabet.size, stream: rng.stream("model") }),
      ),
    score: scoreTexts,
    baselines: {
      schema: pairCounts,
      fit: (train) => countPairs(train, alphabet.size),
      models: (counts: PairCounts) => ({ characterPairs: characterPairs(counts) }),
    },
    line: ({ mean }, { index, text }) => ({ index, text, loss: mean }),
  };
}

function modelOf(
  { streams: { bptt }, sample }: LanguageConfig,
  alphabet: Alphabet,
  model: LanguageModel,
): LanguageParts {
  const states = new StreamStates(model.session, model.encoder);
  return {
    module: model,
    batches: async (train, { batchSize }) =>
      new StreamBatches(await joinTexts(train), { rows: batchSize, bptt, carried: states }),
    loss: (batch, step) => lossInStream(model, states, batch, step),
    predictBatch: (examples) => lossesOf(model, examples),
    report: async (losses, examples, split) =>
      reportTexts(losses, examples, await sampleTexts(model, alphabet, sample), split),
  };
}

/** Cross-entropy of a batch that goes on from the states of the one before it. */
function lossInStream(model: LanguageModel, states: StreamStates, batch: StreamBatch, step: StepContext): BatchLoss {
  if (batch.begins) states.begin(batch.rows);
  const { logits, state } = model.forward(batch, step, states.take());
  states.keep(state);
  return { loss: crossEntropy(logits, batch.next), count: batch.next.length };
}
