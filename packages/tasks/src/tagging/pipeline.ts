/** What a tagger learns before it trains, and what it is built of. */
import type { Records } from "@cellstate/data";
import type { Components } from "../plugin/components.ts";
import type { FileContents } from "../task.ts";
import type { ModelParts, PipelineParts, PretrainedParts } from "../task-parts.ts";
import { baselineModels, type CommonestTags, commonestTagsSchema, countTags } from "./baselines.ts";
import type { TaggingConfig } from "./config.ts";
import { collateSentences, SentenceEncoder, type TaggedBatch, type TaggedExample } from "./data.ts";
import { type FittedTagger, fitTagger, formatFitted, readFitted, TAGGER_FILE } from "./fitted.ts";
import { TagScorer } from "./metrics.ts";
import { Tagger } from "./model.ts";
import { predictTags, type TagPrediction } from "./predict.ts";
import { readTagLine, tagLine } from "./prediction-line.ts";
import { detailTags, reportTags } from "./report.ts";
import type { TaggingFields } from "./sentence.ts";
import { PAD_ID } from "./vocabulary.ts";

type TaggingPipeline = PipelineParts<TaggingFields, TaggedExample, TaggedBatch, TagPrediction>;
type TaggingModel = ModelParts<TaggedExample, TaggedBatch, TagPrediction>;
/** What `encodeOne` is told of records that are to be predicted. */
const PREDICTED = "predict";

/** The pipeline of a tagger that is to be trained: learns words and tags from the train split. */
export async function fitPipeline(
  config: TaggingConfig,
  components: Components,
  train: Records<TaggingFields>,
): Promise<TaggingPipeline> {
  return pipelineOf(config, await fitTagger(train, config), components);
}

/** The pipeline of a saved tagger. */
export function loadPipeline(config: TaggingConfig, components: Components, files: FileContents): TaggingPipeline {
  return pipelineOf(config, readFitted(files), components);
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
