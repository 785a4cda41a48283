/** Trains a tokenizer: builds the pipeline that a config describes, counts pieces, and lets the model's trainer choose. */
import { type AddedToken, specialToken } from "../added-tokens/added-tokens.ts";
import { warnOfGarbledTokens } from "../added-tokens/garbled-tokens.ts";
import { SPECIAL_ROLES, SPECIAL_TOKENS, type SpecialRole } from "../added-tokens/special-tokens.ts";
import { TrainingError } from "../errors.ts";
import { describe } from "../json.ts";
import type { Model } from "../models/model.ts";
import type { PostProcessor } from "../post-processors/post-processor.ts";
import { TemplateProcessor } from "../post-processors/template.ts";
import type { NamedSegmenter } from "../pre-tokenizers/segmenter.ts";
import { Tokenizer } from "../tokenizer.ts";
import { buildPostProcessor, type TokenToId } from "./build-post-processor.ts";
import { buildDecoder, buildNormalizer, buildPreTokenizer, type TrainTokenizerConfig } from "./build-stages.ts";
import { TextCounter } from "./text-counter.ts";
import { trainModel } from "./train-model.ts";
import type { TrainingWatch } from "./training-watch.ts";

export interface TrainTokenizerOptions extends TrainingWatch {
  /** The special tokens, in the order of their ids. Default: pad, unk, bos, eos with the ids 0, 1, 2, 3. */
  readonly specialTokens?: readonly SpecialRole[];
  /** Replaces the dictionary of the runtime if the config has a segmenter. Default none. */
  readonly segmenter?: NamedSegmenter | undefined;
}

/**
 * Trains a tokenizer on texts, which should be those of the train split alone.
 *
 * The order of the texts does not matter, and only counts of their pieces are kept in memory.
 *
 * @throws {TrainingError} if the config lacks a key, its vocabulary size leaves no room for the special tokens, or its
 *   post-processor names a token that the vocabulary lacks
 */
export function trainTokenizer(
  config: TrainTokenizerConfig,
  texts: Iterable<string>,
  options: TrainTokenizerOptions = {},
): Tokenizer {
  const training = beginTraining(config, options);
  refuseOneText(texts);
  for (const text of texts) training.add(text);
  return training.finish();
}

/**
 * The same on texts that arrive over time, such as the lines of a file. Only reading is asynchronous; training then blocks.
 *
 * @throws {TrainingError} as `trainTokenizer`; errors of `texts` are passed on
 */
export async function trainTokenizerAsync(
  config: TrainTokenizerConfig,
  texts: AsyncIterable<string> | Iterable<string>,
  options: TrainTokenizerOptions = {},
): Promise<Tokenizer> {
  const training = beginTraining(config, options);
  refuseOneText(texts);
  for await (const text of texts) training.add(text);
  return training.finish();
}

interface Training {
  add(text: string): void;
  finish(): Tokenizer;
}

function beginTraining(config: TrainTokenizerConfig, options: TrainTokenizerOptions): Training {
  const { specialTokens: roles = SPECIAL_ROLES, segmenter, ...watch } = options;
  checkKeys(config);
  if (new Set(roles).size !== roles.length) {
    throw new TrainingError(`trainTokenizer: expected special tokens that differ, got ${roles.join(", ")}`);
  }
  const names = specialNames(config);
  const normalizer = buildNormalizer(config);
  const preTokenizer = buildPreTokenizer(config, segmenter);
  const decoder = buildDecoder(config);
  const counter = new TextCounter(normalizer, preTokenizer, watch);
  return {
    add: (text) => counter.add(text),
    finish() {
      const specialTokens = roles.map((role) => names[role]);
      const unkToken = roles.includes("unk") ? names.unk : undefined;
      const model = trainModel(config, counter.finish(), { ...watch, specialTokens, unkToken });
      const addedTokens = allAddedTokens(specialTokens, config.addedTokens ?? [], model);
      const postProcessor = postProcessorFor(
        config,
        roles,
        (token) => addedTokens.find(({ content }) => content === token)?.id ?? model.vocabulary.tokenToId(token),
      );
      warnOfGarbledTokens(addedTokens, decoder);
      return new Tokenizer({
        normalizer,
        preTokenizer,
        model,
        postProcessor,
        decoder,
        addedTokens,
        specialTokens: names,
      });
    },
  };
}

/** What each kind needs besides what may be left out. */
const NEEDED_KEYS: Readonly<Record<TrainTokenizerConfig["kind"], readonly string[]>> = {
  word: ["normalize", "preTokenizer", "minFrequency"],
  char: ["normalize", "unit", "minFrequency"],
  bpe: ["normalize", "preTokenizer", "minFrequency", "vocabSize"],
  wordpiece: ["normalize", "preTokenizer", "minFrequency", "vocabSize"],
  unigram: ["normalize", "preTokenizer", "vocabSize"],
};

/** Programs without types may hand in what `tokenizerConfig` has not seen. */
function checkKeys(config: TrainTokenizerConfig): void {
  if (!Object.hasOwn(NEEDED_KEYS, config.kind)) {
    const kinds = Object.keys(NEEDED_KEYS).join(", ");
    throw new TrainingError(`trainTokenizer: expected kind to be one of ${kinds}, got ${describe(config.kind)}`);
  }
  const given = new Map<string, unknown>(Object.entries(config));
  const missing = NEEDED_KEYS[config.kind].filter((key) => given.get(key) === undefined);
  if (missing.length === 0) return;
  throw new TrainingError(
    `trainTokenizer: expected ${missing.join(", ")} in the config; tokenizerConfig.parse of @cellstate/tokenizers/config ` +
      "fills defaults in",
  );
}

/** A string is iterable too, but its characters are hardly meant. */
function refuseOneText(texts: AsyncIterable<string> | Iterable<string>): void {
  if (typeof texts !== "string") return;
  throw new TrainingError("trainTokenizer: expected a list of texts, got one text; put it into a list");
}

function specialNames({ specialTokens = {} }: TrainTokenizerConfig): Readonly<Record<SpecialRole, string>> {
  const nameOf = (role: SpecialRole) => specialTokens[role] ?? SPECIAL_TOKENS[role];
  return { pad: nameOf("pad"), unk: nameOf("unk"), bos: nameOf("bos"), eos: nameOf("eos") };
}

/** The special tokens, which have the first ids, and those of the config, with ids behind the vocabulary if it lacks them. */
function allAddedTokens(
  special: readonly string[],
  added: NonNullable<TrainTokenizerConfig["addedTokens"]>,
  { vocabulary }: Model,
): AddedToken[] {
  const tokens = new Map(special.map((content, id) => [content, specialToken(id, content)]));
  let next = vocabulary.size;
  for (const each of added) {
    const { content, special = false, ...options } = typeof each === "string" ? { content: each } : each;
    if (tokens.has(content)) {
      throw new TrainingError(
        `addedTokens: expected tokens that differ from each other and from the special tokens, got ${JSON.stringify(content)} twice`,
      );
    }
    tokens.set(content, {
      id: vocabulary.tokenToId(content) ?? next++,
      content,
      special,
      singleWord: options.singleWord ?? false,
      lstrip: options.lstrip ?? false,
      rstrip: options.rstrip ?? false,
      normalized: options.normalized ?? !special,
    });
  }
  return [...tokens.values()];
}

/** What the config says, or else `<s> … </s>`, or what of it there is. */
function postProcessorFor(
  config: TrainTokenizerConfig,
  roles: readonly SpecialRole[],
  tokenToId: TokenToId,
): PostProcessor | undefined {
  if (config.postProcessor !== undefined) return buildPostProcessor([config.postProcessor].flat(), tokenToId);
  const names = specialNames(config);
  const withId = (role: SpecialRole) =>
    roles.includes(role) ? [{ token: names[role], id: tokenToId(names[role]) ?? 0 }] : [];
  const before = withId("bos");
  const after = withId("eos");
  return before.length + after.length === 0 ? undefined : TemplateProcessor.around(before, after);
}
