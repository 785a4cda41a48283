/** Cuts encodings to a length, and keeps what is cut off as overflowing parts, which may overlap. */

import { TruncationError } from "../errors.ts";
import { asChoice, asFields, asId, child, describe, type JsonObject, optional } from "../json.ts";
import { checkOverflow, Encoding, type EncodingColumns } from "./encoding.ts";

/** Which text of a pair is cut: the longer first and then both, or only one. */
export const TRUNCATION_STRATEGIES = ["longestFirst", "onlyFirst", "onlySecond"] as const;
export type TruncationStrategy = (typeof TRUNCATION_STRATEGIES)[number];

/** The side of a text at which tokens are cut off or added. */
export const DIRECTIONS = ["right", "left"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface TruncationOptions {
  /** The most tokens to keep, including those that the post-processor adds; integer >= 0. */
  readonly maxLength: number;
  /** How many tokens each overflowing part repeats of the one before; less than the length of a part. Default 0. */
  readonly stride?: number;
  /** Which text of a pair is cut. Default "longestFirst". */
  readonly strategy?: TruncationStrategy;
  /** The side that is cut off. Default "right". */
  readonly direction?: Direction;
  /**
   * First drop the pieces of each text after `maxLength` tokens, as `encode` of Hugging Face's library has done since
   * 0.23.1; not those of the first text if only the second is cut. Then little overflows, a pair is cut by the lengths
   * that are left, and word ids count from the first piece that is left. Default false: all that is cut off overflows,
   * as in earlier versions and in that library's `Encoding.truncate`. Files do not keep this option.
   */
  readonly stopEarly?: boolean;
}

/**
 * What `stopEarly` keeps of one text: its pieces from the start, or the end, up to the one that reaches `maxLength` tokens
 * and is no added token.
 *
 * @param addedWords the word ids of added tokens
 */
export function withinPieces(
  encoding: Encoding,
  addedWords: ReadonlySet<number>,
  { maxLength, direction }: TruncationOptions,
): Encoding {
  const { length, wordIds } = encoding;
  if (length <= maxLength || maxLength === 0) return encoding;
  const isAdded = (index: number) => addedWords.has(wordIds[index] ?? -1);
  if (direction === "left") {
    let start = length - maxLength;
    while (start > 0 && (isAdded(start) || wordIds[start - 1] === wordIds[start])) start--;
    return encoding.slice(start, length).withColumns((columns) => countWordsFromFirst(columns));
  }
  let end = maxLength;
  while (end < length && (isAdded(end - 1) || wordIds[end] === wordIds[end - 1])) end++;
  return encoding.slice(0, end);
}

function countWordsFromFirst(columns: EncodingColumns): EncodingColumns {
  const first = columns.wordIds[0] ?? 0;
  return { ...columns, wordIds: columns.wordIds.map((id) => (id === null ? null : id - first)) };
}

/**
 * Truncates one encoding, or a pair, to at most `maxLength` tokens in all.
 *
 * @param addedTokens how many tokens the post-processor will add, which count too
 * @throws {TruncationError} if an option is out of range, the length leaves no room, or the text to cut is too short
 *   or missing
 */
export function truncate(
  encodings: readonly Encoding[],
  options: TruncationOptions,
  addedTokens: number,
): readonly Encoding[] {
  checkChoice("strategy", options.strategy, TRUNCATION_STRATEGIES);
  checkChoice("direction", options.direction, DIRECTIONS);
  const maxLength = options.maxLength - addedTokens;
  if (!Number.isInteger(maxLength) || maxLength < 0) {
    throw new TruncationError(
      `expected maxLength to be an integer of at least ${addedTokens}, the number of tokens that the post-processor adds, ` +
        `got ${options.maxLength}`,
    );
  }
  const lengths = encodings.map(({ ids }) => ids.length);
  if (sum(lengths) <= maxLength) return encodings;
  const kept = keptLengths(lengths, maxLength, options.strategy ?? "longestFirst");
  return encodings.map((encoding, index) => truncateOne(encoding, kept[index] ?? 0, options));
}

/** Whether a text of a pair is told to stop early: all but the first where only the second is to be cut. */
export function stopsEarly({ stopEarly = false, strategy }: TruncationOptions, sequence: 0 | 1): boolean {
  return stopEarly && (sequence === 1 || strategy !== "onlySecond");
}

function checkChoice(option: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new TruncationError(`expected ${option} to be one of ${choices.join(", ")}, got ${describe(value)}`);
}

/** How many tokens of each encoding stay. */
function keptLengths(lengths: readonly number[], maxLength: number, strategy: TruncationStrategy): readonly number[] {
  if (maxLength === 0) return lengths.map(() => 0);
  if (strategy === "longestFirst") return longestFirst(lengths, maxLength);
  const target = strategy === "onlyFirst" ? 0 : 1;
  const length = lengths[target];
  if (length === undefined) throw new TruncationError("expected a pair of texts for onlySecond, got one text");
  const kept = length - (sum(lengths) - maxLength);
  if (kept <= 0) {
    throw new TruncationError(
      `expected more than ${length - kept} tokens to cut off by ${strategy}, got ${length}; use longestFirst or a larger maxLength`,
    );
  }
  return lengths.map((other, index) => (index === target ? kept : other));
}

/**
 * The shorter text stays whole if it takes no more than half; otherwise both halves are used, the odd token by the
 * longer.
 */
function longestFirst(lengths: readonly number[], maxLength: number): readonly number[] {
  const [first = 0, second] = lengths;
  if (second === undefined) return [maxLength];
  const shorter = Math.min(Math.min(first, second), Math.floor(maxLength / 2));
  return first <= second ? [shorter, maxLength - shorter] : [maxLength - shorter, shorter];
}

function truncateOne(encoding: Encoding, maxLength: number, options: TruncationOptions): Encoding {
  const { length } = encoding;
  if (maxLength >= length) return encoding;
  if (maxLength === 0) return Encoding.concat([]).withOverflowing([encoding]);
  const stride = options.stride ?? 0;
  if (!Number.isInteger(stride) || stride < 0 || stride >= maxLength) {
    throw new TruncationError(
      `expected stride from 0 to ${maxLength - 1}, below the tokens that remain, got ${stride}`,
    );
  }
  const step = maxLength - stride;
  checkOverflow(Math.ceil(length / step), maxLength);
  const [first, ...rest] = partsOf(length, maxLength, step, options.direction ?? "right");
  const kept = first === undefined ? encoding : encoding.slice(...first);
  return kept.withOverflowing(rest.map((range) => encoding.slice(...range)));
}

/** The ranges of all parts, that which is kept first: each `step` further from where the text is kept. */
function partsOf(
  length: number,
  maxLength: number,
  step: number,
  direction: Direction,
): [start: number, end: number][] {
  const parts: [number, number][] = [];
  for (let from = 0, to = 0; to < length; from += step) {
    to = Math.min(from + maxLength, length);
    parts.push(direction === "right" ? [from, to] : [length - to, length - from]);
  }
  return parts;
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}

/** Reads `truncation`. */
export function readTruncation(value: unknown, path: string): TruncationOptions {
  const fields = asFields(value, path);
  return {
    maxLength: asId(fields.get("max_length"), child(path, "max_length")),
    stride: optional(fields, "stride", path, asId, 0),
    strategy: optional(fields, "strategy", path, asStrategy, "longestFirst"),
    direction: optional(fields, "direction", path, asDirection, "right"),
  };
}

/** The value of `truncation` in tokenizer.json. */
export function truncationToJson({ maxLength, stride = 0, strategy, direction }: TruncationOptions): JsonObject {
  return {
    direction: capitalized(direction ?? "right"),
    max_length: maxLength,
    strategy: capitalized(strategy ?? "longestFirst"),
    stride,
  };
}

function asStrategy(value: unknown, path: string): TruncationStrategy {
  return uncapitalized(asChoice(value, TRUNCATION_STRATEGIES.map(capitalized), path));
}

/** Reads `Right` or `Left`. */
export function asDirection(value: unknown, path: string): Direction {
  return uncapitalized(asChoice(value, DIRECTIONS.map(capitalized), path));
}

/** The name of a choice as tokenizer.json spells it. */
export function capitalized<T extends string>(name: T): Capitalize<T> {
  return (name.charAt(0).toUpperCase() + name.slice(1)) as Capitalize<T>;
}

function uncapitalized<T extends string>(name: T): Uncapitalize<T> {
  return (name.charAt(0).toLowerCase() + name.slice(1)) as Uncapitalize<T>;
}
