/** Every error that this package throws on purpose, and the checks that several of its parts share. */
import { nearestName, OptionError, type RandomStream, ShapeError } from "@cellstate/tensor";

/** Ids, lengths or batches that do not fit each other or the vocabulary. */
export class SequenceError extends Error {
  override readonly name = "SequenceError";
  constructor(owner: string, expected: string, got: string) {
    super(`${owner}: expected ${expected}, got ${got}`);
  }
}

/** Saved tensors do not fit the module that should load them. */
export class StateDictError extends Error {
  override readonly name = "StateDictError";
  /** One line per tensor that does not fit. */
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `loadStateDict: the saved tensors do not fit this module; was it built from the same config?\n${problems.join("\n")}`,
    );
    this.problems = problems;
  }
}

/** A pattern that should choose parameters fits none. */
export class NamePatternError extends Error {
  override readonly name = "NamePatternError";
  readonly pattern: string;
  constructor(owner: string, pattern: string, names: readonly string[], nearest: string | undefined) {
    const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
    super(`${owner}: no parameter has a name that fits "${pattern}"${hint}\nThe names: ${names.join(", ")}`);
    this.pattern = pattern;
  }
}

/** @throws {OptionError} unless `stream` can draw numbers */
export function requireStream(owner: string, stream: RandomStream): void {
  if (typeof stream?.fork !== "function")
    throw new OptionError(owner, "stream", 'a random stream, such as new Rng(1).stream("weights")', stream);
}

/** @throws {OptionError} unless `value` is an integer of at least 1 */
export function requireSize(owner: string, option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw new OptionError(owner, option, "an integer >= 1", value);
}

/** @throws {OptionError} unless `value` lies in `[0, 1)` */
export function requireRate(owner: string, option: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new OptionError(owner, option, "a rate in [0, 1)", value);
}

/** The error of a value that is in no list, with all of the list and the nearest one. */
export function notAmong(
  owner: string,
  option: string,
  value: unknown,
  choices: readonly string[],
  expected: string = "one of",
): OptionError {
  const near = nearestName(String(value), choices);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  return new OptionError(owner, option, `${expected} ${choices.join(", ")}`, `${String(value)}${hint}`);
}

/** @throws {OptionError} unless `value` is one of `choices`, naming them and the nearest one */
export function requireChoice(owner: string, option: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw notAmong(owner, option, value, choices);
}

/** @throws {ShapeError} unless there is one length in `[0, seqLen]` for each row */
export function requireLengths(owner: string, lengths: Int32Array, batchSize: number, seqLen: number): void {
  if (lengths.length !== batchSize) throw new ShapeError(owner, `${batchSize} lengths`, `${lengths.length}`);
  const bad = lengths.findIndex((length) => !(Number.isInteger(length) && length >= 0 && length <= seqLen));
  if (bad >= 0) throw new ShapeError(owner, `lengths in [0, ${seqLen}]`, `${lengths[bad]} in row ${bad}`);
}
