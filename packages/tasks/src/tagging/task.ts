/** Tagging: which tag each word of a text has, such as its part of speech, or which spans of it are names. */
import { DataConfigError } from "@cellstate/data";
import { meanLoss } from "@cellstate/training";
import { defineTask } from "../define-task.ts";
import type { Components } from "../plugin/components.ts";
import type { TaskCard } from "../task.ts";
import type { ModelParts, PipelineParts, PlanParts, PretrainedParts } from "../task-parts.ts";
import { baselineModels, type CommonestTags, commonestTagsSchema, countTags } from "./baselines.ts";
import { type TaggingConfig, taggingConfigOf } from "./config.ts";
import { collateSentences, SentenceEncoder, type TaggedBatch, type TaggedExample } from "./data.ts";
import { type FittedTagger, fitTagger, formatFitted, readFitted, TAGGER_FILE } from "./fitted.ts";
import { metricsOf } from "./metric-infos.ts";
import { TagScorer } from "./metrics.ts";
import { Tagger } from "./model.ts";
import { predictTags, type TagPrediction } from "./predict.ts";
import { markedText, readTagLine, tagLine } from "./prediction-line.ts";
import { detailTags, reportTags } from "./report.ts";
import { type TaggingFields, taggingFields } from "./sentence.ts";
import { PAD_ID } from "./vocabulary.ts";

const card: TaskCard = {
  purpose: "Tags the words of a text, such as with their parts of speech, or finds named spans in it.",
  pipelineTag: "token-classification",
  limits: [
    "Raw text is cut into words by rules; where the training data cut otherwise, tags suffer.",
    "It knows the names and the kinds of text of its training data best; unseen names are found by spelling and context, and often missed.",
    "Each text is read by itself, and its end is that of what the model knows.",
    "It repeats what its training data say, with their errors and one-sidedness: do not let it alone decide about people.",
  ],
};

type TaggingPlan = PlanParts<TaggingFields, TaggedExample, TaggedBatch, TagPrediction>;
type TaggingPipeline = PipelineParts<TaggingFields, TaggedExample, TaggedBatch, TagPrediction>;
type TaggingModel = ModelParts<TaggedExample, TaggedBatch, TagPrediction>;

/** What `encodeOne` is told of records that are to be predicted. */
const PREDICTED = "predict";

export const tagging = defineTask((components) => ({
  name: "tagging",
  configSchema: taggingConfigOf(components),
  card,
  marked: markedText,
  plan: (config: TaggingConfig): TaggingPlan => ({
    fields: taggingFields,
    metrics: metricsOf(config.tags.kind),
    loss: meanLoss.info,
    select: selectionOf(config),
    fit: async (train) => pipelineOf(config, await fitTagger(train, config), components),
    load: (files) => pipelineOf(config, readFitted(files), components),
  }),
}));

/** @throws {DataConfigError} if the config selects by a score of spans where tags are those of words */
function selectionOf({ tags: { kind }, metrics: { select } }: TaggingConfig): string {
  const names = metricsOf(kind).map(({ name }) => name);
  const chosen = select ?? (kind === "spans" ? "f1" : "accuracy");
  if (names.includes(chosen)) return chosen;
  throw new DataConfigError(
    "metrics.select",
    `${chosen} scores spans, and tags.kind is ${kind}; take one of ${names.join(", ")}, or write tags: { kind: spans }`,
  );
}

function pipelineOf(config: TaggingConfig, fitted: FittedTagger, { cells }: Components): TaggingPipeline {
  const encoder = new SentenceEncoder(config, fitted);
  const { tagSet, vocabulary } = encoder;
  const scorer = new TagScorer(tagSet);
  const [vocabSize, numTags] = [vocabulary.size, tagSet.names.length];
  return {
    save: () => new Map([[TAGGER_FILE, formatFitted(fitted)]]),
    encodeOne: (record, index, split) => encoder.encode(record, index, split !== PREDICTED),
    size: ({ ids }) => ids.length,
    rowNames: () =>
      new Map([
        ["embedding.weight", vocabulary.rowWords.map((word) => word ?? "")],
        ["classifier.weight", tagSet.names],
        ["classifier.bias", tagSet.names],
      ]),
    pretrained: pretrainedOf(config, encoder),
    build: (session, rng) =>
      modelOf(
        config,
        encoder,
        scorer,
        new Tagger(session, {
          config: config.model,
          vocabSize,
          firstSingleton: vocabulary.firstSingleton,
          characterCount: vocabulary.characterCount,
          tags: tagSet.names,
          constraints: tagSet.constraints,
          cells,
          stream: rng.stream("model"),
        }),
      ),
    score: (predictions, examples) => scorer.score(predictions, examples),
    baselines: {
      schema: commonestTagsSchema(vocabSize, numTags),
      fit: (train) => countTags(train, vocabSize, numTags),
      models: (learned) => baselineModels(learned as CommonestTags),
    },
    details: (predictions, examples) => detailTags([predictions, examples], tagSet, scorer),
    line: (prediction, example) => tagLine(prediction, example, tagSet),
    readLine: (line) => readTagLine(line, tagSet),
  };
}

function pretrainedOf(
  { model: { embedding } }: TaggingConfig,
  { vocabulary: { rowWords } }: SentenceEncoder,
): readonly PretrainedParts<TaggedExample>[] {
  const { vectors: options } = embedding;
  if (options === undefined) return [];
  const section = "model.embedding.vectors";
  return [
    { parameter: "embedding.weight", section, options, words: rowWords, paddingRow: PAD_ID, rowsOf: ({ ids }) => ids },
  ];
}

function modelOf(
  { model: { encoder, characters } }: TaggingConfig,
  { tagSet }: SentenceEncoder,
  scorer: TagScorer,
  model: Tagger,
): TaggingModel {
  return {
    module: model,
    network: { kind: "tagger", encoder, characters, tags: tagSet.names, constraints: tagSet.constraints },
    collate: collateSentences,
    tokens: ({ ids }) => ids.lengths.reduce((sum, length) => sum + length, 0),
    loss: (batch, step) => model.loss(batch, step),
    predictBatch: (examples) => predictTags(model, examples),
    report: (predictions, examples, split) => reportTags([predictions, examples], split, tagSet, scorer),
  };
}
