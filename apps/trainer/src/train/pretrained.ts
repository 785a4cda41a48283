/** Tables of a new model that begin with word vectors of a file, and how many of its words the file has. */
import { readVectors, type WordVectors } from "@cellstate/data/node";
import type { Encoded, Pipeline, PretrainedTable, ReportSection, TaskModel } from "@cellstate/tasks";
import { formatWhole } from "../terminal/format.ts";

/** What a file has for the words of a vocabulary. */
export interface VectorCoverage {
  readonly parameter: string;
  readonly file: string;
  readonly format: WordVectors["format"];
  readonly isTrained: boolean;
  /** Words of the vocabulary, without special tokens. */
  readonly words: number;
  readonly foundWords: number;
  /** Of those: by their lower-case form, and by their character n-grams. */
  readonly byLowercase: number;
  readonly bySubwords: number;
  /** Tokens of the training examples, unknown ones too. */
  readonly tokens: number;
  readonly foundTokens: number;
  /** The most frequent words that the file lacks, with how often they occur. */
  readonly missing: readonly (readonly [word: string, count: number])[];
}

/** Missing words that are kept for the report. */
const MISSING_WORDS = 30;
/** Of those, the ones that are shown in the run's output. */
const SHOWN_WORDS = 8;

/**
 * Puts the vectors of all files that the config names into the model.
 *
 * @throws {DataFileError} if a file cannot be read, or has vectors of another size
 */
export async function loadPretrained(
  { pretrained }: Pick<Pipeline, "pretrained">,
  model: Pick<TaskModel, "parameters">,
  train: Encoded,
): Promise<readonly VectorCoverage[]> {
  const coverages: VectorCoverage[] = [];
  for (const table of pretrained) coverages.push(await loadTable(table, model, train));
  return coverages;
}

async function loadTable(
  table: PretrainedTable,
  model: Pick<TaskModel, "parameters">,
  train: Encoded,
): Promise<VectorCoverage> {
  const { parameter, options, words, paddingRow } = table;
  const { file, format, lowercase, unknown } = options;
  const weight = model.parameters().get(parameter);
  if (weight === undefined) throw new Error(`internal: no parameter ${parameter} for word vectors`);
  const size = weight.shape[1]!;
  const known = words.filter((word) => word !== undefined);
  const found = await readVectors(file, { words: known, format, lowercase, dimension: size });
  const values = weight.readSync() as Float32Array;
  const average = unknown === "average" ? averageOf([...found.vectors.values()], size) : undefined;
  for (const [row, word] of words.entries()) {
    const vector = (word === undefined ? undefined : found.vectors.get(word)) ?? average;
    if (vector !== undefined && row !== paddingRow) values.set(vector, row * size);
  }
  weight.write(values);
  return coverageOf(table, found, await table.countRows(train));
}

/** The mean of vectors, added up in their order in float64; undefined of none. */
function averageOf(vectors: readonly Float32Array[], size: number): Float32Array | undefined {
  if (vectors.length === 0) return undefined;
  const sum = new Float64Array(size);
  for (const vector of vectors) for (let at = 0; at < size; at++) sum[at] = sum[at]! + vector[at]!;
  return Float32Array.from(sum, (value) => value / vectors.length);
}

function coverageOf(
  { parameter, options, words }: PretrainedTable,
  { format, vectors, foundBy }: WordVectors,
  counts: Float64Array,
): VectorCoverage {
  const isFound = (word: string | undefined) => word !== undefined && vectors.has(word);
  const missing = words.flatMap((word, row) =>
    word === undefined || isFound(word) ? [] : [[word, counts[row]!] as const],
  );
  const countBy = (how: string) => [...foundBy.values()].filter((one) => one === how).length;
  return {
    parameter,
    file: options.file,
    format,
    isTrained: options.trainable,
    words: words.filter((word) => word !== undefined).length,
    foundWords: words.filter(isFound).length,
    byLowercase: countBy("lowercase"),
    bySubwords: countBy("subwords"),
    tokens: counts.reduce((sum, count) => sum + count, 0),
    foundTokens: counts.reduce((sum, count, row) => sum + (isFound(words[row]) ? count : 0), 0),
    missing: missing.sort(([, a], [, b]) => b - a).slice(0, MISSING_WORDS),
  };
}

/** `glove.txt: 4,500 of 4,961 words, 98.2 % of training tokens; missing most often: ...`. */
export function describeCoverage(coverage: VectorCoverage): string {
  const { file, words, foundWords, byLowercase, bySubwords, missing, isTrained } = coverage;
  const how = [
    ...(byLowercase > 0 ? [`${formatWhole(byLowercase)} in lower case`] : []),
    ...(bySubwords > 0 ? [`${formatWhole(bySubwords)} by their n-grams`] : []),
  ];
  const often = missing.slice(0, SHOWN_WORDS).map(([word, count]) => `${word} ${formatWhole(count)}`);
  return [
    `${file}, ${isTrained ? "trained further" : "frozen"}: ${formatWhole(foundWords)} of ${formatWhole(words)} words`,
    how.length > 0 ? ` (${how.join(", ")})` : "",
    `, ${percentOf(coverage)} of training tokens`,
    often.length > 0 ? `; missing most often: ${often.join(", ")}` : "",
  ].join("");
}

/** What the report shows of it. */
export function coverageSection(coverage: VectorCoverage): ReportSection {
  const { missing, ...rest } = coverage;
  return {
    kind: "table",
    title: `Word vectors of ${rest.parameter}`,
    note: `${describeCoverage({ ...coverage, missing: [] })}. The most frequent words without a vector:`,
    columns: [{ title: "word" }, { title: "training tokens", isNumber: true }],
    rows: missing,
  };
}

/** A warning where a file has few of the words, as one for another language or for other pieces of words. */
export function coverageWarning({ file, tokens, foundTokens }: VectorCoverage): string | undefined {
  if (foundTokens >= tokens / 2) return undefined;
  return (
    `${file} has vectors of less than half of the training tokens; is it of the language of the data, and does the tokenizer ` +
    "give whole words (tokenizer: { kind: word })?"
  );
}

function percentOf({ tokens, foundTokens }: VectorCoverage): string {
  return `${tokens === 0 ? 0 : ((100 * foundTokens) / tokens).toFixed(1)} %`;
}
