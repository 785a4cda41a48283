/**
 * How a first config of a task is made of what was seen of data files: which columns it could read, how sure that is, and sections
 * that train in reasonable time. Who looks at the files and writes the config knows no task.
 */
import type { ColumnNames, Columns } from "@cellstate/data";
import type { Clock } from "../forecasting/times.ts";
import { SPACELESS_SHARE } from "../spaceless.ts";

/** What was seen of a column. */
export interface ColumnFacts {
  readonly name: string;
  /** Rows that were looked at. */
  readonly rows: number;
  /** Rows in which it holds nothing but blanks. */
  readonly blank: number;
  /** The first value, blanks left out; empty where there is none. */
  readonly first: string;
  /** Different values, blanks left out; so many or more where `values` is undefined. */
  readonly distinct: number;
  /** How often each value occurs, the most frequent first; undefined where they are too many to be names. */
  readonly values: ReadonlyMap<string, number> | undefined;
  /** Mean length in words; in scripts without spaces between words, each letter counts as one. */
  readonly meanLength: number;
  /** 95 % of the values are at most so long, in the same unit. */
  readonly longLength: number;
  /** Mean length in characters. */
  readonly meanCharacters: number;
  /** Share of the values that are numbers, 0..1. */
  readonly numbers: number;
  /** Share of the letters whose scripts put no spaces between words, such as Chinese and Thai, 0..1. */
  readonly spaceless: number;
  /** How it runs, where every row holds a time or number; undefined: some do not. */
  readonly times: TimeFacts | undefined;
}

/** A column that could say when each row was. */
export interface TimeFacts {
  readonly clock: Clock;
  /** The times of the first rows, up to 2,000. */
  readonly opening: readonly number[];
  /** Rows whose time is before that of the row above. */
  readonly backs: number;
  /** Rows whose time is that of the row above. */
  readonly repeats: number;
}

/** What was seen of the training files. */
export interface DataFacts {
  /** In the order of the files. */
  readonly columns: readonly ColumnFacts[];
  /** Training rows; estimated where not all were read. */
  readonly rows: number;
  /** Whether the files are plain text, whose lines are the one column `text`. Default false. */
  readonly isPlainText?: boolean | undefined;
}

/** How sure a guess is; `hardly`: the task would do, and another one is named after such data. */
export type Certainty = "sure" | "likely" | "a guess" | "hardly";

/** What a task makes of the columns: what it would read, or why it cannot say. */
export type Guess =
  | { readonly columns: Columns; readonly certainty: Certainty; readonly reasons: readonly string[] }
  /** `open`: the data would do, and whoever asks must choose; `unfit`: they would not. */
  | { readonly columns?: undefined; readonly fault: "open" | "unfit"; readonly reason: string };

/** One key of a config with its value, plain YAML data, and what to say of it. */
export interface DraftSection {
  readonly key: string;
  readonly value: unknown;
  readonly comment?: string | undefined;
}

/** The sections of a config, and what `data` needs beside files and columns. */
export interface Draft {
  readonly sections: readonly DraftSection[];
  /** Training examples to draw, where all of them would take too long; undefined: all. */
  readonly maxExamples: number | undefined;
  /** How dev and test are held out where there are no files for them, as `data.split` says it. Default: at random. */
  readonly split?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the task itself holds out the end of a text. Default false. */
  readonly heldOutAtEnd?: boolean | undefined;
  /** What was chosen by the data, in sentences. */
  readonly reasons: readonly string[];
}

/** Makes first configs of one task. */
export interface Starter {
  /** The task's name. */
  readonly task: string;
  /** The roles that the config names columns for. */
  readonly roles: readonly string[];
  /** Roles that data may lack. Default: none. */
  readonly optionalRoles?: readonly string[];
  /** @param given  columns that were named by the caller, which are taken as they are */
  guess(data: DataFacts, given: Columns): Guess;
  /** @param columns  of all roles */
  draft(data: DataFacts, columns: Columns): Draft;
}

/** What the values of a role are, whose columns may be several. */
export interface TextFacts {
  readonly meanLength: number;
  readonly longLength: number;
  /** Whether it is cut into characters: no spaces between words, or one word each. */
  readonly byCharacter: boolean;
  readonly isSpaceless: boolean;
}

export function textFacts(data: DataFacts, names: ColumnNames): TextFacts {
  const list = typeof names === "string" ? [names] : names;
  const columns = data.columns.filter(({ name }) => list.includes(name));
  const sum = (pick: (column: ColumnFacts) => number) => columns.reduce((total, column) => total + pick(column), 0);
  const isSpaceless =
    sum(({ spaceless, meanCharacters }) => spaceless * meanCharacters) >=
    SPACELESS_SHARE * sum(({ meanCharacters }) => meanCharacters);
  const meanLength = sum((column) => column.meanLength);
  const isWord = !isSpaceless && meanLength < PROSE_LENGTH;
  return {
    meanLength: isWord ? sum(({ meanCharacters }) => meanCharacters) : meanLength,
    longLength: isWord ? 2 * sum(({ meanCharacters }) => meanCharacters) : sum(({ longLength }) => longLength),
    byCharacter: isSpaceless || isWord,
    isSpaceless,
  };
}

/** Words from which the mean value of a column is a text rather than a name. */
const PROSE_LENGTH = 2;

/** Whether a column holds running text. */
export function isProse({ meanLength, numbers }: ColumnFacts): boolean {
  return meanLength >= PROSE_LENGTH && numbers < 0.5;
}

/** The place of a column's name in a list of usual names, undefined where it is not among them. */
export function rankIn(usual: readonly string[], name: string): number | undefined {
  const plain = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  const rank = usual.findIndex((one) => plain === one || plain === `${one}s`);
  return rank === -1 ? undefined : rank;
}

/** Passes that a model needs at least; where the data are too many for them, some are drawn. */
export const FEWEST_PASSES = 2;

/** Passes over the training data within a budget of tokens, from 2 to `most`. */
export function passesWithin(budget: number, tokensInPass: number, most: number): number {
  return Math.max(FEWEST_PASSES, Math.min(most, Math.round(budget / Math.max(1, tokensInPass))));
}

/** Steps of warm-up: a twentieth of the run, at most 200. */
export function warmupOf(rows: number, batchSize: number, epochs: number): number {
  return Math.max(1, Math.min(200, Math.round((epochs * rows) / batchSize / 20)));
}

/** A list of names for a sentence. */
export function listOf(names: Iterable<string>, most = 6): string {
  const all = [...names];
  const shown = all.slice(0, most).join(", ");
  return all.length > most ? `${shown} and ${all.length - most} more` : shown;
}
