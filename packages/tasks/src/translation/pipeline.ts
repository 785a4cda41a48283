/** What a translator learns before it trains, and what it is built of. */
import type { Records } from "@cellstate/data";
import { type Seq2Seq, type TranslationBatch, teacherForcing } from "@cellstate/seq2seq";
import type { ReadFile, Tokenizer } from "@cellstate/tokenizers";
import { z } from "zod";
import { encodeFile, loadTokenizer } from "../file-contents.ts";
import type { Components } from "../plugin/components.ts";
import type { FileContents } from "../task.ts";
import type { ModelParts, PipelineParts, PretrainedParts } from "../task-parts.ts";
import { tokensOf, wordsOf } from "../vectors/words.ts";
import { BLEU_FILE, formatBleuFile, readBleuFile } from "./bleu-file.ts";
import { isPair, type TranslationConfig } from "./config.ts";
import {
  allTooLong,
  collatePairs,
  encodePair,
  type FittedTranslation,
  fitTranslation,
  type PairExample,
  type PairFields,
  type TokenizerPair,
  tokensInPairs,
} from "./data.ts";
import { exactMatch, isExactMatch, scoreTranslations } from "./metrics.ts";
import { buildTranslator } from "./model.ts";
import { attentionOf, type Translation, translate } from "./predict.ts";
import { readTranslationLine } from "./read-line.ts";
import { reportTranslations } from "./report.ts";

const TOKENIZER_FILE = "tokenizer.json";
const TARGET_TOKENIZER_FILE = "tokenizer.target.json";

type TranslationPipeline = PipelineParts<PairFields, PairExample, TranslationBatch, Translation>;

/** The pipeline of a translator that is to be trained: learns its tokenizers from the train split. */
export async function fitPipeline(
  config: TranslationConfig,
  components: Components,
  train: Records<PairFields>,
  read: ReadFile,
): Promise<TranslationPipeline> {
  return pipelineOf(config, await fitTranslation(config, train, read), components);
}

/** The pipeline of a saved translator. */
export function loadPipeline(
  config: TranslationConfig,
  components: Components,
  files: FileContents,
): TranslationPipeline {
  const fitted = { ...loadTokenizers(config, files), bleuTokenizer: readBleuFile(files) };
  return pipelineOf(config, fitted, components);
}

function pipelineOf(config: TranslationConfig, fitted: FittedTranslation, { cells }: Components): TranslationPipeline {
  const { source, target, bleuTokenizer } = fitted;
  const scoring = { ...config.metrics, tokenize: bleuTokenizer };
  return {
    save: () => {
      const files = new Map([
        [TOKENIZER_FILE, encodeFile(source.stringify())],
        [BLEU_FILE, formatBleuFile(bleuTokenizer)],
      ]);
      if (target !== source) files.set(TARGET_TOKENIZER_FILE, encodeFile(target.stringify()));
      return files;
    },
    usesSegmenter: source.usesSegmenter || target.usesSegmenter,
    encodeOne: (record, index, split) => encodePair(config, fitted, record, index, split),
    nothingToTrainOn: (pairs) => allTooLong(config, pairs),
    size: ({ sourceIds, targetIds }) => sourceIds.length + (targetIds === undefined ? 0 : targetIds.length + 1),
    rowNames() {
      const [sourceTokens, targetTokens] = [tokensOf(source), tokensOf(target)];
      return new Map([
        ["encoder.embedding.weight", sourceTokens],
        ["decoder.embedding.weight", targetTokens],
        ["decoder.output.weight", targetTokens],
        ["decoder.output.bias", targetTokens],
      ]);
    },
    pretrained: pretrainedOf(config, fitted),
    build: (session, rng) => modelOf(config, fitted, buildTranslator(config.model, fitted, session, { rng, cells })),
    score: (translations, examples) => scoreTranslations(translations, examples, scoring),
    /** The source itself as its translation; it has no loss, because copying has no probabilities. */
    baselines: {
      schema: z.null(),
      fit: () => null,
      models: () => ({ copySource: ({ source: text }) => ({ text, referenceLoss: undefined }) }),
    },
    line: ({ text }, { index, source: input, reference }) => ({
      index,
      source: input,
      ...(reference === undefined ? {} : { reference }),
      prediction: text,
    }),
    readLine: readTranslationLine,
    rightness: {
      metric: exactMatch.info,
      isRight: ({ text }, { reference }) => reference !== undefined && isExactMatch(text, reference, scoring),
    },
  };
}

function pretrainedOf(
  { model: { embedding } }: TranslationConfig,
  { source, target }: TokenizerPair,
): readonly PretrainedParts<PairExample>[] {
  const { vectors = {} } = embedding;
  const tables: PretrainedParts<PairExample>[] = [];
  const add = (
    side: "source" | "target",
    tokenizer: Tokenizer,
    parts: Pick<PretrainedParts<PairExample>, "parameter" | "rowsOf">,
  ) => {
    const options = vectors[side];
    if (options === undefined) return;
    const section = `model.embedding.vectors.${side}`;
    tables.push({ ...parts, section, options, words: wordsOf(tokenizer), paddingRow: tokenizer.padId });
  };
  add("source", source, { parameter: "encoder.embedding.weight", rowsOf: ({ sourceIds }) => sourceIds });
  add("target", target, { parameter: "decoder.embedding.weight", rowsOf: ({ targetIds = [] }) => targetIds });
  return tables;
}

function modelOf(
  config: TranslationConfig,
  fitted: FittedTranslation,
  model: Seq2Seq,
): ModelParts<PairExample, TranslationBatch, Translation> {
  return {
    module: model,
    network: { kind: "translator", model: config.model, target: model.target },
    collate: (examples) => collatePairs(fitted, examples),
    tokens: tokensInPairs,
    loss: (batch, step) => teacherForcing(model, batch, step, config.loss),
    predictBatch: (examples) => translate(config, fitted, model, examples),
    report: (translations, examples, split) =>
      reportTranslations(translations, examples, split, (example) => attentionOf(config, fitted, model, example)),
  };
}

function loadTokenizers({ tokenizer }: TranslationConfig, files: FileContents): TokenizerPair {
  if (isPair(tokenizer)) {
    return {
      source: loadTokenizer(files, TOKENIZER_FILE, tokenizer.source),
      target: loadTokenizer(files, TARGET_TOKENIZER_FILE, tokenizer.target),
    };
  }
  const both = loadTokenizer(files, TOKENIZER_FILE, tokenizer);
  return { source: both, target: both };
}
