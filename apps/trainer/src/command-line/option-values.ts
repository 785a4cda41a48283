/** Values of options: what an option's text becomes, or why it is refused. */
import { availableParallelism } from "node:os";
import { InvalidArgumentError } from "@commander-js/extra-typings";

/** An option that may be repeated: all its values, in order. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** More threads than this never pay, and a system may refuse to start them. */
const MAX_THREADS = Math.max(16, 8 * availableParallelism());

/** Tokens of a text that are cut, repeated or filled up. */
const MAX_TOKENS = 1_000_000;

/** Inputs or seconds, which take time and nothing else. */
const MAX_COUNT = 1_000_000_000;

/** Hypotheses of a search, as the schema of `search` has it. */
const MAX_BEAM = 1000;

/** As many as a config may say. */
const MAX_FOLDS = 100;

/** Runs of one experiment. */
const MAX_SEEDS = 1000;

/** Draws of the examples for an interval; more make none narrower. */
const MAX_RESAMPLES = 100_000;

/** @throws {InvalidArgumentError} unless the text is a number of draws, 0 for none */
export function resampleCount(text: string): number {
  return numberIn(0, MAX_RESAMPLES, text);
}

/** @throws {InvalidArgumentError} unless the text is a number of parts of a cross validation */
export function foldCount(text: string): number {
  return numberIn(2, MAX_FOLDS, text);
}

/** @throws {InvalidArgumentError} unless the text is a whole number that a seed may be */
export function seedNumber(text: string): number {
  return numberIn(0, Number.MAX_SAFE_INTEGER, text);
}

/** @throws {InvalidArgumentError} unless the text is a list of different seeds with commas between them */
export function seedNumbers(text: string): readonly number[] {
  const seeds = text.split(",").map((part) => seedNumber(part.trim()));
  if (seeds.length > MAX_SEEDS) throw new InvalidArgumentError(`It must be at most ${MAX_SEEDS} seeds.`);
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) < index);
  if (twice !== undefined) throw new InvalidArgumentError(`It must be different seeds, and ${twice} is there twice.`);
  return seeds;
}

/** @throws {InvalidArgumentError} unless the text is a number of threads that this machine may have */
export function threadCount(text: string): number {
  return numberIn(1, MAX_THREADS, text);
}

/** @throws {InvalidArgumentError} unless the text is a number of hypotheses */
export function beamSize(text: string): number {
  return numberIn(1, MAX_BEAM, text);
}

/** @throws {InvalidArgumentError} unless the text is a number of tokens from 1 */
export function tokenCount(text: string): number {
  return numberIn(1, MAX_TOKENS, text);
}

/** @throws {InvalidArgumentError} unless the text is a number of tokens from 0 */
export function tokenCountOrNone(text: string): number {
  return numberIn(0, MAX_TOKENS, text);
}

/** @throws {InvalidArgumentError} unless the text is a whole number of things to do, or of seconds to take, from 1 */
export function positiveCount(text: string): number {
  return numberIn(1, MAX_COUNT, text);
}

/** @throws {InvalidArgumentError} unless the text is a finite number above 0 */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("It must be a number above 0, such as 1e-5.");
  }
  return value;
}

/** Temperatures above this draw all tokens alike. */
const MAX_TEMPERATURE = 1000;

/** @throws {InvalidArgumentError} unless the text is a temperature of draws, 0 for the likeliest token */
export function temperature(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= MAX_TEMPERATURE) return value;
  throw new InvalidArgumentError(`It must be a number from 0 to ${MAX_TEMPERATURE}, such as 0.8.`);
}

/** @throws {InvalidArgumentError} unless the text is a share above 0 */
export function shareOfAll(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1) return value;
  throw new InvalidArgumentError("It must be a number above 0 and at most 1, such as 0.9.");
}

/** @throws {InvalidArgumentError} unless the text is a number of tokens from 1, or `longest` */
export function lengthOrLongest(text: string): number | "longest" {
  return text === "longest" ? text : numberIn(1, MAX_TOKENS, text, ", or longest");
}

const SECONDS_IN: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** Minutes of `90s`, `10m`, `1.5h` or `1h30m`. @throws {InvalidArgumentError} unless the text is such a time above 0 */
export function timeInMinutes(text: string): number {
  const isTime = /^(\d+(\.\d+)?h)?(\d+(\.\d+)?m)?(\d+(\.\d+)?s)?$/.test(text);
  const parts = [...text.matchAll(/([\d.]+)([hms])/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS_IN[unit!]!, 0);
  if (isTime && seconds > 0) return seconds / 60;
  throw new InvalidArgumentError("It must be a time with its unit, such as 90s, 10m, 1.5h or 1h30m.");
}

function numberIn(least: number, most: number, text: string, orElse = ""): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}${orElse}.`);
  }
  return value;
}
