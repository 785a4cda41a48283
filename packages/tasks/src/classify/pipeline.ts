/** What a classifier learns before it trains, and what it is built of. */
import type { Records } from "@cellstate/data";
import { balancedClassWeights } from "@cellstate/lstm-core";
import type { Session, Tensor } from "@cellstate/tensor";
import type { ReadFile, Tokenizer } from "@cellstate/tokenizers";
import { accuracy } from "@cellstate/training";
import { encodeFile, loadTokenizer } from "../file-contents.ts";
import type { Components } from "../plugin/components.ts";
import type { FileContents } from "../task.ts";
import type { ModelParts, PipelineParts, PretrainedParts } from "../task-parts.ts";
import { ngramBags } from "../vectors/ngram-bags.ts";
import { tokensOf, wordsOf } from "../vectors/words.ts";
import { baselineModels, type LearnedBaselines, learnBaselines, learnedSchema } from "./all-baselines.ts";
import { explainLabel } from "./attribution/explain.ts";
import type { ClassifyConfig } from "./config.ts";
import {
  type ClassifierFields,
  collateTexts,
  type FittedClassifier,
  fitClassifier,
  RecordEncoder,
  type TextBatch,
  type TextExample,
} from "./data.ts";
import { detailLabels } from "./details.ts";
import { formatLabels, LABELS_FILE, readLabels } from "./labels-file.ts";
import { LinearPart } from "./linear/linear-part.ts";
import { metricsOf, scoreLabels } from "./metrics.ts";
import { TextClassifier } from "./model.ts";
import type { LossInput } from "./own-loss.ts";
import { type LabelPrediction, predictLabels } from "./predict.ts";
import { labelLine, readLabelLine } from "./prediction-line.ts";
import { reportLabels } from "./report.ts";

const TOKENIZER_FILE = "tokenizer.json";
type ClassifierPipeline = PipelineParts<ClassifierFields, TextExample, TextBatch, LabelPrediction>;
type ClassifierModel = ModelParts<TextExample, TextBatch, LabelPrediction>;

/** The pipeline of a classifier that is to be trained: learns tokenizer and labels from the train split. */
export async function fitPipeline(
  config: ClassifyConfig,
  components: Components,
  train: Records<ClassifierFields>,
  read: ReadFile,
): Promise<ClassifierPipeline> {
  const fitted = await fitClassifier(config, train, read);
  return pipelineOf(config, fitted, { components, linear: linearOf(config, fitted) });
}

/** The pipeline of a saved classifier. */
export function loadPipeline(config: ClassifyConfig, components: Components, files: FileContents): ClassifierPipeline {
  const fitted = { tokenizer: loadTokenizer(files, TOKENIZER_FILE, config.tokenizer), ...readLabels(files) };
  return pipelineOf(config, fitted, { components, linear: linearOf(config, fitted, files) });
}

/** The linear part, as far as it was saved, where the config asks for one. */
function linearOf(
  { model }: ClassifyConfig,
  { labels }: FittedClassifier,
  files: FileContents = new Map(),
): LinearPart | undefined {
  return model.linear ? LinearPart.load(files, labels.length) : undefined;
}

interface Beside {
  readonly components: Components;
  readonly linear: LinearPart | undefined;
}

function pipelineOf(
  config: ClassifyConfig,
  fitted: FittedClassifier,
  { components, linear }: Beside,
): ClassifierPipeline {
  const { tokenizer, labels, trainCounts } = fitted;
  const encoder = new RecordEncoder(fitted);
  const metrics = metricsOf(config.metrics, components.metrics);
  return {
    save: () =>
      new Map([
        [TOKENIZER_FILE, encodeFile(tokenizer.stringify())],
        [LABELS_FILE, formatLabels(fitted)],
        ...(linear?.save() ?? []),
      ]),
    usesSegmenter: tokenizer.usesSegmenter,
    encodeOne: (record, index) => encoder.encode(record, index),
    size: ({ ids }) => ids.length,
    rowNames: () =>
      new Map([
        ...(config.model.embedding.kind === "table" ? [["embedding.weight", tokensOf(tokenizer)] as const] : []),
        ["classifier.weight", labels],
        ["classifier.bias", labels],
      ]),
    pretrained: pretrainedOf(config, tokenizer),
    build: (session, rng) =>
      modelOf(
        session,
        config,
        { fitted, linear },
        new TextClassifier(session, {
          config: config.model,
          vocabSize: tokenizer.vocabSize,
          padId: tokenizer.padId,
          unkId: config.model.unkDropout > 0 ? tokenizer.unkId : undefined,
          numClasses: labels.length,
          bags:
            config.model.embedding.kind === "hash-ngrams" ? ngramBags(tokenizer, config.model.embedding) : undefined,
          classWeights: config.loss.classWeights === "balanced" ? balancedClassWeights(trainCounts) : undefined,
          components,
          ownLoss: ownLossOf(config.loss, components),
          stream: rng.stream("model"),
        }),
      ),
    score: (predictions, examples) => scoreLabels(predictions, examples, labels.length, metrics),
    baselines: {
      schema: learnedSchema(tokenizer.vocabSize, labels.length),
      fit: (train, dev) => learnBaselines(train, dev, { fitted, linear: linear?.learned }),
      models: (learned) => baselineModels(learned as LearnedBaselines, { fitted, linear: linear?.learned }),
    },
    partsOf: (predictions) => partsOf(predictions),
    details: (predictions, examples) => detailLabels(predictions, examples, labels),
    line: (prediction, example) => labelLine(prediction, example, labels),
    readLine: (line) => readLabelLine(line, labels),
    rightness: { metric: accuracy.info, isRight: (prediction, { label }) => prediction.label === label },
  };
}

/** The loss of a plugin, with its options, where the config names one. */
function ownLossOf(loss: ClassifyConfig["loss"], { losses }: Components): ((input: LossInput) => Tensor) | undefined {
  const own = "kind" in loss ? losses.find(({ kind }) => kind === loss.kind) : undefined;
  return own && ((input) => own.compute(input, loss));
}

function pretrainedOf(
  { model: { embedding } }: ClassifyConfig,
  tokenizer: Tokenizer,
): readonly PretrainedParts<TextExample>[] {
  if (embedding.kind !== "table" || embedding.vectors === undefined) return [];
  return [
    {
      parameter: "embedding.weight",
      section: "model.embedding.vectors",
      options: embedding.vectors,
      words: wordsOf(tokenizer),
      paddingRow: tokenizer.padId,
      rowsOf: ({ ids }) => ids,
    },
  ];
}

/** The answers of both parts of a model that is joined, by part. */
function partsOf(predictions: readonly LabelPrediction[]): Readonly<Record<string, readonly LabelPrediction[]>> {
  const parts = predictions.flatMap((answer) => answer.parts ?? []);
  if (parts.length === 0) return {};
  return { linear: parts.map(({ linear }) => linear), network: parts.map(({ network }) => network) };
}

const NO_NETWORK =
  "model.linear: its linear part reads n-grams of the text, for which ONNX has no operators; train with model.linear false";

const NOT_EXPLAINED =
  "model.linear: what the network's words count would not add up to an answer that n-grams are part of; train with model.linear false";

function modelOf(
  session: Session,
  { loss, model: network }: ClassifyConfig,
  {
    fitted: { labels, tokenizer },
    linear,
  }: { readonly fitted: FittedClassifier; readonly linear: LinearPart | undefined },
  model: TextClassifier,
): ClassifierModel {
  return {
    module: model,
    ...(linear === undefined
      ? {
          network: { kind: "classifier", model: network, labels, padId: model.padId, vectors: () => model.vectors() },
          predictBatch: (examples) => predictLabels(model, examples),
          explainOne: (example, options) => explainLabel({ session, model, tokenizer, labels }, example, options),
        }
      : {
          networkFault: NO_NETWORK,
          explainFault: NOT_EXPLAINED,
          predictBatch: async (examples) =>
            (await predictLabels(model, examples)).map((answer, row) => linear.join(examples[row]!, answer)),
          calibrate: (predictions, examples, train) =>
            linear.learn(
              train,
              examples,
              predictions.map((answer) => answer.parts?.network ?? answer),
            ),
        }),
    collate: (examples) => collateTexts(examples, model.padId),
    tokens: ({ ids }) => ids.lengths.reduce((sum, length) => sum + length, 0),
    loss: (batch, step) => model.loss(batch, step, loss.labelSmoothing),
    report: (predictions, examples, split) => reportLabels(predictions, examples, labels, split),
  };
}
