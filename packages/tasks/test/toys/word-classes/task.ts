/** Tagging: which tag each token of a sentence has, such as its part of speech. */
import {
  defineTask,
  type ModelParts,
  type PipelineParts,
  type PlanParts,
  type PretrainedParts,
  type Task,
} from "@cellstate/tasks";
import { meanLoss } from "@cellstate/training";
import { commonestTag, countTags, type TagCounts, tagCounts } from "./baseline.ts";
import { type TaggingConfig, taggingConfig } from "./config.ts";
import {
  collateSentences,
  encodeSentence,
  type TaggedBatch,
  type TaggedExample,
  type TaggingFields,
  taggingFields,
} from "./data.ts";
import { scoreTags, tagMetrics } from "./metrics.ts";
import { Tagger } from "./model.ts";
import { predictTags, type TagPrediction } from "./predict.ts";
import { reportTags } from "./report.ts";
import {
  fitVocabulary,
  formatVocabulary,
  PAD_ID,
  readVocabulary,
  VOCABULARY_FILE,
  type Vocabulary,
} from "./vocabulary.ts";

type TaggingPlan = PlanParts<TaggingFields, TaggedExample, TaggedBatch, TagPrediction>;
type TaggingPipeline = PipelineParts<TaggingFields, TaggedExample, TaggedBatch, TagPrediction>;
type TaggingModel = ModelParts<TaggedExample, TaggedBatch, TagPrediction>;

export const task: Task = defineTask({
  name: "word-classes",
  configSchema: taggingConfig,
  plan: (config): TaggingPlan => ({
    fields: taggingFields,
    metrics: tagMetrics,
    loss: meanLoss.info,
    select: config.metrics.select,
    fit: async (train) => pipelineOf(config, await fitVocabulary(train, config.vocabulary.minFrequency)),
    load: (files) => pipelineOf(config, readVocabulary(files)),
  }),
});

function pipelineOf(config: TaggingConfig, vocabulary: Vocabulary): TaggingPipeline {
  const { tags, size: vocabSize } = vocabulary;
  const numTags = tags.length;
  const names = (classes: readonly number[]) => classes.map((number) => tags[number]!);
  return {
    save: () => new Map([[VOCABULARY_FILE, formatVocabulary(vocabulary)]]),
    encodeOne: (record, index) => encodeSentence(vocabulary, record, index),
    size: ({ ids }) => ids.length,
    pretrained: pretrainedOf(config, vocabulary),
    build: (session, rng) =>
      modelOf(tags, new Tagger(session, { config: config.model, vocabSize, numTags, stream: rng.stream("model") })),
    score: (predictions, examples) => scoreTags(predictions, examples, numTags),
    baselines: {
      schema: tagCounts,
      fit: (train) => countTags(train, { vocabSize, numTags }),
      models: (counts: TagCounts) => ({ commonestTag: commonestTag(counts) }),
    },
    line: (prediction, { index, tokens, tags: known }) => ({
      index,
      tokens,
      ...(known && { tags: names(known) }),
      prediction: names(prediction.map(({ tag }) => tag)),
    }),
  };
}

function pretrainedOf(
  { model: { embedding } }: TaggingConfig,
  { rowWords }: Vocabulary,
): readonly PretrainedParts<TaggedExample>[] {
  const { vectors: options } = embedding;
  if (options === undefined) return [];
  const section = "model.embedding.vectors";
  return [
    { parameter: "embedding.weight", section, options, words: rowWords, paddingRow: PAD_ID, rowsOf: ({ ids }) => ids },
  ];
}

function modelOf(tags: readonly string[], model: Tagger): TaggingModel {
  return {
    module: model,
    collate: collateSentences,
    tokens: ({ ids }) => ids.lengths.reduce((sum, length) => sum + length, 0),
    loss: (batch, step) => model.loss(batch, step),
    predictBatch: (examples) => predictTags(model, examples),
    report: (predictions, examples, split) => reportTags(predictions, examples, tags, split),
  };
}
