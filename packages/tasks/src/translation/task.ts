/** Translation: any text to any other text, such as English to German or a date to its ISO form. */
import { type Seq2Seq, type TranslationBatch, teacherForcing } from "@cellstate/seq2seq";
import { readTokenizer } from "../model-files.ts";
import type { Task } from "../task.ts";
import { filesOfSections } from "../tokenizer/fit-tokenizer.ts";
import { isPair, type TranslationConfig, translationConfig } from "./config.ts";
import {
  collatePairs,
  encodePairs,
  encodeSources,
  type FittedTranslation,
  fitTranslation,
  type PairExample,
  tokensInPairs,
} from "./data.ts";
import { corpusLoss, textScores } from "./metrics.ts";
import { buildTranslator } from "./model.ts";
import { attentionOf, type Translation, translate } from "./predict.ts";

const NAME = "translation";
const TOKENIZER_FILE = "tokenizer.json";
const TARGET_TOKENIZER_FILE = "tokenizer.target.json";

export type TranslationTask = Task<
  TranslationConfig,
  FittedTranslation,
  PairExample,
  TranslationBatch,
  Translation,
  Seq2Seq
>;

export const translation: TranslationTask = {
  name: NAME,
  configSchema: translationConfig,
  selection: ({ metrics: { select } }) => ({ name: select, direction: select === "loss" ? "min" : "max" }),

  fit: (config, data) => fitTranslation(config, data, NAME),
  sources: ({ tokenizer }) => filesOfSections(isPair(tokenizer) ? [tokenizer.source, tokenizer.target] : [tokenizer]),
  save: ({ source, target }) => {
    const files = new Map([[TOKENIZER_FILE, source.stringify()]]);
    if (target !== source) files.set(TARGET_TOKENIZER_FILE, target.stringify());
    return files;
  },
  load: ({ tokenizer }, files) => {
    if (isPair(tokenizer)) {
      return {
        source: readTokenizer(files, TOKENIZER_FILE, tokenizer.source),
        target: readTokenizer(files, TARGET_TOKENIZER_FILE, tokenizer.target),
      };
    }
    const both = readTokenizer(files, TOKENIZER_FILE, tokenizer);
    return { source: both, target: both };
  },

  encode: (config, fitted, records, split) => encodePairs(config, fitted, records, NAME, split),
  encodeInputs: (_config, fitted, texts) => encodeSources(fitted, texts),
  lengthOf: ({ sourceIds, targetIds }) => sourceIds.length + (targetIds === undefined ? 0 : targetIds.length + 1),

  buildModel: ({ model }, fitted, session, rng) => buildTranslator(model, fitted, session, rng),
  collate: (_config, fitted, examples) => collatePairs(fitted, examples),
  tokensIn: tokensInPairs,
  loss: ({ loss }, model, batch, step) => teacherForcing(model, batch, step, loss),

  predict: (config, fitted, model, examples) => translate(config, fitted, model, examples),
  attention: attentionOf,
  metrics: ({ metrics }, _fitted, predictions, examples) => ({
    loss: corpusLoss(predictions.flatMap(({ referenceLoss }) => referenceLoss ?? [])),
    ...textScores(
      predictions.map(({ text }) => text),
      examples,
      metrics,
    ),
  }),
  /** The source itself as its translation; it has no loss, because copying has no probabilities. */
  baselines: ({ metrics }, _fitted, _train, splits) =>
    new Map([
      [
        "copySource",
        new Map(
          [...splits].map(([split, examples]) => [
            split,
            textScores(
              examples.map(({ source }) => source),
              examples,
              metrics,
            ),
          ]),
        ),
      ],
    ]),
  toLine: (_fitted, { text }, { index, source, reference }) => ({
    index,
    source,
    ...(reference === undefined ? {} : { reference }),
    prediction: text,
  }),
};
