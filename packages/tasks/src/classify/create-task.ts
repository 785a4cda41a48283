/** The task object of every text classifier: `sentiment` and `classification` differ in their names only. */
import { balancedClassWeights } from "@cellstate/lstm-core";
import { readTokenizer } from "../model-files.ts";
import type { Metrics, Task } from "../task.ts";
import { filesOfSections } from "../tokenizer/fit-tokenizer.ts";
import { type BaselineModel, majorityClass, naiveBayes } from "./baselines.ts";
import { type ClassifyConfig, classifyConfig } from "./config.ts";
import {
  collateTexts,
  encodeTexts,
  encodeUnlabelled,
  type FittedClassifier,
  fitClassifier,
  type TextBatch,
  type TextExample,
} from "./data.ts";
import { formatLabels, LABELS_FILE, readLabels } from "./labels-file.ts";
import { classifierMetrics } from "./metrics.ts";
import { TextClassifier } from "./model.ts";
import { type LabelPrediction, predictLabels, probabilitiesOf } from "./predict.ts";

const TOKENIZER_FILE = "tokenizer.json";

export type ClassifierTask = Task<
  ClassifyConfig,
  FittedClassifier,
  TextExample,
  TextBatch,
  LabelPrediction,
  TextClassifier
>;

/** A task that gives each text one of the labels of the train split. */
export function createClassifierTask(name: string): ClassifierTask {
  return {
    name,
    configSchema: classifyConfig,
    selection: ({ metrics: { select } }) => ({ name: select, direction: select === "loss" ? "min" : "max" }),

    fit: (config, data) => fitClassifier(config, data, name),
    sources: ({ tokenizer }) => filesOfSections([tokenizer]),
    save: (fitted) =>
      new Map([
        [TOKENIZER_FILE, fitted.tokenizer.stringify()],
        [LABELS_FILE, formatLabels(fitted)],
      ]),
    load: (config, files) => ({
      tokenizer: readTokenizer(files, TOKENIZER_FILE, config.tokenizer),
      ...readLabels(files),
    }),

    encode: (_config, fitted, records) => encodeTexts(fitted, records, name),
    encodeInputs: (_config, fitted, texts) => encodeUnlabelled(fitted, texts),
    lengthOf: ({ ids }) => ids.length,

    buildModel: ({ model, loss }, { tokenizer, labels, trainCounts }, session, rng) =>
      new TextClassifier(session, {
        config: model,
        vocabSize: tokenizer.vocabSize,
        padId: tokenizer.padId,
        unkId: model.unkDropout > 0 ? tokenizer.unkId : undefined,
        numClasses: labels.length,
        classWeights: loss.classWeights === "balanced" ? balancedClassWeights(trainCounts) : undefined,
        stream: rng.stream("model"),
      }),
    collate: (_config, { tokenizer }, examples) => collateTexts(examples, tokenizer.padId),
    tokensIn: ({ ids }) => ids.lengths.reduce((sum, length) => sum + length, 0),
    loss: (config, model, batch, step) => model.loss(batch, step, config.loss.labelSmoothing),

    predict: (_config, _fitted, model, examples, { session }) => predictLabels(model, examples, session),
    metrics: (_config, { labels }, predictions, examples) => classifierMetrics(predictions, examples, labels.length),
    baselines: (_config, { tokenizer, labels, trainCounts }, train, splits) => {
      const scoreAll = (predict: BaselineModel): ReadonlyMap<string, Metrics> =>
        new Map(
          [...splits].map(([split, examples]) => [
            split,
            classifierMetrics(examples.map(predict), examples, labels.length),
          ]),
        );
      return new Map([
        ["majority", scoreAll(majorityClass(trainCounts))],
        ["naiveBayes", scoreAll(naiveBayes(train, tokenizer.vocabSize, labels.length))],
      ]);
    },
    toLine: ({ labels }, prediction, { index, text, label }) => ({
      index,
      text,
      ...(label === undefined ? {} : { label: labels[label]! }),
      prediction: labels[prediction.label]!,
      probs: Object.fromEntries(probabilitiesOf(prediction).map((prob, number) => [labels[number]!, prob])),
    }),
  };
}
