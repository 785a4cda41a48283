/** `cellstate tokenizer`: trains a tokenizer on files, encodes and decodes with one, and shows what it does to a text. */
import { existsSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { isPlainMap, writeFileAtomic } from "@cellstate/files";
import { pathId, type TracedValues, validate } from "@cellstate/files/yaml";
import {
  type Direction,
  type EncodeInput,
  type EncodeOptions,
  type Encoding,
  type Tokenizer,
  type TrainingProgress,
  trainTokenizerAsync,
} from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { findConfig } from "../config/find.ts";
import { loadConfig } from "../config/load.ts";
import { applyOverride } from "../config/overrides.ts";
import { UsageError } from "../errors.ts";
import { callerFolder, fromCaller } from "../paths.ts";
import { findRun, runPaths } from "../run/folder.ts";
import { formatCount, formatWhole } from "../terminal/format.ts";
import { createProgress } from "../terminal/progress.ts";
import { inputLines, inputTexts, streamTexts } from "./inputs.ts";
import { describeText, describeVocabulary } from "./tokenizer-report.ts";

export interface TrainTokenizerCommandOptions {
  readonly kind?: string;
  readonly config?: string;
  readonly set: readonly string[];
  readonly column: string;
  readonly output: string;
  readonly quiet?: boolean;
}

export interface TokenizerInputOptions {
  readonly input?: string;
  readonly column: string;
}

export interface EncodeCommandOptions extends TokenizerInputOptions {
  readonly special?: boolean;
  readonly pairs?: boolean;
  readonly maxLength?: number;
  readonly stride?: number;
  readonly truncationSide?: Direction;
  readonly pad?: number | "longest";
  readonly paddingSide?: Direction;
}

export interface DecodeCommandOptions {
  readonly input?: string;
  readonly keepSpecial?: boolean;
}

/** Trains on all texts of the files, in a pipeline as the `tokenizer` section of an experiment describes it. */
export async function trainTokenizerCommand(
  files: readonly string[],
  options: TrainTokenizerCommandOptions,
): Promise<void> {
  const { set, column, output, quiet } = options;
  const config = validate(tokenizerConfig, set.reduce(applyOverride, baseSection(options)));
  const paths = files.map(fromCaller);
  const path = outputFile(output);
  const progress = createProgress({ quiet });
  const start = performance.now();
  let texts = 0;
  const tokenizer = await trainTokenizerAsync(config, streamAll(paths, column), {
    onProgress(event) {
      if (event.phase === "counting") texts = event.done;
      progress.tick(() => describeTraining(event));
    },
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  writeFileAtomic(path, tokenizer.stringify());
  progress.end();
  progress.line(`${formatWhole(tokenizer.vocabSize)} tokens from ${formatWhole(texts)} texts in ${seconds} s`);
  process.stdout.write(`${path}\n`);
}

/** Where to write, which is to be known before a long training. */
function outputFile(output: string): string {
  const path = fromCaller(output);
  if (!isFolder(path)) return path;
  throw new UsageError(`--output ${path}: is a folder; name a file, such as ${join(output, "tokenizer.json")}`);
}

/** What `--set` changes: the section of an experiment, or the defaults of a kind. */
function baseSection({ kind, config }: TrainTokenizerCommandOptions): TracedValues {
  if (config === undefined) return { values: { kind: kind ?? "bpe" }, origins: new Map([[pathId([]), "--kind"]]) };
  if (kind !== undefined) throw new UsageError("give --kind or --config, not both");
  const folder = callerFolder();
  const file = findConfig(config, folder);
  const { tokenizer } = loadConfig({ file, folder }).experiment;
  if (!isPlainMap(tokenizer) || tokenizer.kind === undefined || tokenizer.kind === "file") {
    const what = isPlainMap(tokenizer) && tokenizer.kind === "file" ? "one from a file" : "one for each side";
    throw new UsageError(`${file}: its tokenizer section has ${what}; name the options with --kind and --set`);
  }
  return { values: tokenizer, origins: new Map([[pathId([]), file]]) };
}

async function* streamAll(paths: readonly string[], column: string): AsyncGenerator<string, void, undefined> {
  for (const path of paths) yield* streamTexts(path, column);
}

function describeTraining({ phase, done, total }: TrainingProgress): string {
  switch (phase) {
    case "counting":
      return `reading  ${formatCount(done)} texts`;
    case "merging":
      return `merging  ${formatWhole(done)} of ${formatWhole(total ?? done)} tokens`;
    case "seeding":
      return "looking for frequent parts of words";
    case "pruning":
      return `pruning  ${formatCount(done)} of ${formatCount(total ?? done)} tokens`;
    default:
      return phase satisfies never;
  }
}

/**
 * One JSON line a text: `{ids, tokens, offsets}`, with pairs also `typeIds`, with padding also `attentionMask`, with a
 * length also the windows that overflow; offsets in UTF-16 code units of the text.
 */
export async function encodeCommand(
  name: string,
  texts: readonly string[],
  given: EncodeCommandOptions,
): Promise<void> {
  const { input, column, pairs = false, pad } = given;
  const options = encodeOptions(given);
  const tokenizer = await openTokenizer(name);
  const print = (encoding: Encoding) => process.stdout.write(`${JSON.stringify(linesOf(encoding, pairs, pad))}\n`);
  const each = inputTexts({ texts, input, column });
  const inputs: AsyncIterable<EncodeInput> = pairs ? toPairs(each, texts.length > 0) : each;
  if (pad === "longest") {
    tokenizer.encodeBatch(await Array.fromAsync<EncodeInput>(inputs), options).forEach(print);
    return;
  }
  for await (const texts of inputs) {
    const [text, pair] = typeof texts === "string" ? [texts] : texts;
    print(tokenizer.encode(text, pair === undefined ? options : { ...options, pair }));
  }
}

/** @throws {UsageError} for an option that does nothing without another */
function encodeOptions(given: EncodeCommandOptions): EncodeOptions {
  const { special = false, maxLength, stride, truncationSide, pad, paddingSide } = given;
  if (maxLength === undefined && stride !== undefined) throw new UsageError("--stride needs --max-length");
  if (maxLength === undefined && truncationSide !== undefined) {
    throw new UsageError("--truncation-side needs --max-length");
  }
  if (pad === undefined && paddingSide !== undefined) throw new UsageError("--padding-side needs --pad");
  return {
    addSpecialTokens: special,
    truncation:
      maxLength === undefined ? null : { maxLength, stride: stride ?? 0, direction: truncationSide ?? "right" },
    padding: pad === undefined ? null : { length: pad, direction: paddingSide ?? "right" },
  };
}

function linesOf(encoding: Encoding, pairs: boolean, pad: EncodeCommandOptions["pad"]): Record<string, unknown> {
  const { ids, tokens, offsets, typeIds, attentionMask, overflowing } = encoding;
  return {
    ids,
    tokens,
    offsets,
    ...(pairs ? { typeIds } : {}),
    ...(pad === undefined ? {} : { attentionMask }),
    ...(overflowing.length === 0 ? {} : { overflowing: overflowing.map((part) => linesOf(part, pairs, pad)) }),
  };
}

/** Arguments two by two; lines have a tab between the texts. */
async function* toPairs(
  texts: AsyncIterable<string>,
  areArguments: boolean,
): AsyncGenerator<readonly [string, string], void, undefined> {
  let first: string | undefined;
  for await (const text of texts) {
    if (!areArguments) yield splitPair(text);
    else if (first === undefined) first = text;
    else {
      yield [first, text];
      first = undefined;
    }
  }
  if (first !== undefined)
    throw new UsageError(`--pairs takes texts two by two; ${JSON.stringify(first)} has no other`);
}

function splitPair(line: string): readonly [string, string] {
  const [text = "", pair, ...rest] = line.split("\t");
  if (pair !== undefined && rest.length === 0) return [text, pair];
  throw new UsageError(
    `--pairs takes lines of two texts with one tab between them, got ${JSON.stringify(line.slice(0, 60))}`,
  );
}

/** One text a line of ids: numbers, or the JSON lines that `encode` writes. */
export async function decodeCommand(
  name: string,
  ids: readonly string[],
  { input, keepSpecial = false }: DecodeCommandOptions,
): Promise<void> {
  const tokenizer = await openTokenizer(name);
  const given = ids.length > 0 ? [ids.join(" ")] : [];
  for await (const line of inputLines({ texts: given, input })) {
    process.stdout.write(`${tokenizer.decode(parseIds(line), { skipSpecialTokens: !keepSpecial })}\n`);
  }
}

/** The pieces of texts, if any are given; else the vocabulary. */
export async function inspectCommand(
  name: string,
  texts: readonly string[],
  { input, column }: TokenizerInputOptions,
): Promise<void> {
  const tokenizer = await openTokenizer(name);
  if (texts.length === 0 && input === undefined) {
    process.stdout.write(describeVocabulary(tokenizer));
    return;
  }
  let separator = "";
  for await (const text of inputTexts({ texts, input, column })) {
    process.stdout.write(`${separator}${describeText(tokenizer, text)}`);
    separator = "\n";
  }
}

/**
 * @param name  a file or folder that `readTokenizer` knows, or a run or its model folder
 * @throws {UsageError | RunFolderError | TokenizerNotFoundError} if there is none of that name
 * @throws {TokenizerFileError} if it is malformed
 */
async function openTokenizer(name: string): Promise<Tokenizer> {
  return readTokenizer(tokenizerPath(name));
}

function tokenizerPath(name: string): string {
  const path = fromCaller(name);
  if (existsSync(path)) return existsSync(runPaths(path).lock) ? runPaths(path).model : path;
  if (extname(name) !== "") throw new UsageError(`${path}: no such file`);
  return findRun(name, callerFolder()).model;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** @throws {UsageError} naming what is not an id */
function parseIds(line: string): number[] {
  const text = line.trim();
  if (text.startsWith("{") || text.startsWith("[")) return idsOfJson(text);
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== "")
    .map((word) => {
      if (!/^\d+$/.test(word)) throw new UsageError(`expected ids such as 17 4 256, got ${JSON.stringify(word)}`);
      return Number(word);
    });
}

function idsOfJson(text: string): number[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`expected ids, or a JSON line with ids, got ${JSON.stringify(text.slice(0, 60))}`);
  }
  const ids = Array.isArray(value) ? value : (value as { ids?: unknown }).ids;
  if (!Array.isArray(ids) || !ids.every((id) => Number.isSafeInteger(id) && id >= 0)) {
    throw new UsageError(`expected a list of ids, got ${JSON.stringify(text.slice(0, 60))}`);
  }
  return ids;
}
