/**
 * TF-IDF of n-grams (Salton & Buckley 1988): `1 + log` of how often one stands in the text, times its smooth inverse document frequency,
 * in rows of length 1. The numbers are those of scikit-learn's `TfidfVectorizer` with `sublinear_tf` and `min_df=2`.
 */
import { scalar } from "@cellstate/tensor";
import { type NgramUnit, ngramsOf } from "./ngrams.ts";

/** Texts in which an n-gram must stand to be counted: what stands in one text tells little of others, and is most of all n-grams. */
const FEWEST_TEXTS = 2;

/** The n-grams that are counted, and how much each weighs. */
export interface NgramTable {
  readonly unit: NgramUnit;
  /** Texts that were counted. */
  readonly texts: number;
  /** Sorted by frequency, then by code units. */
  readonly ngrams: readonly string[];
  /** Texts in which each n-gram stands. */
  readonly frequencies: readonly number[];
}

/** Counts the n-grams of texts and keeps the `most` that stand in the most texts. */
export function countNgrams(texts: readonly string[], unit: NgramUnit, most: number): NgramTable {
  const frequencies = new Map<string, number>();
  for (const text of texts) {
    for (const ngram of new Set(ngramsOf(text, unit))) frequencies.set(ngram, (frequencies.get(ngram) ?? 0) + 1);
  }
  const kept = [...frequencies].filter(([, count]) => count >= FEWEST_TEXTS);
  kept.sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1));
  const shown = kept.slice(0, most);
  return {
    unit,
    texts: texts.length,
    ngrams: shown.map(([ngram]) => ngram),
    frequencies: shown.map(([, count]) => count),
  };
}

/** Turns texts into rows of TF-IDF, a column for each n-gram of a table. */
export class TfIdf {
  readonly #unit: NgramUnit;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #weights: Float64Array;

  constructor({ unit, texts, ngrams, frequencies }: NgramTable) {
    this.#unit = unit;
    this.#columns = new Map(ngrams.map((ngram, column) => [ngram, column]));
    this.#weights = Float64Array.from(frequencies, (count) => scalar.log((1 + texts) / (1 + count)) + 1);
  }

  /** The row of a text: column to value; empty where it has none of the n-grams. */
  rowOf(text: string): ReadonlyMap<number, number> {
    const row = new Map<number, number>();
    for (const ngram of ngramsOf(text, this.#unit)) {
      const column = this.#columns.get(ngram);
      if (column !== undefined) row.set(column, (row.get(column) ?? 0) + 1);
    }
    let squares = 0;
    for (const [column, count] of row) {
      const value = (1 + scalar.log(count)) * this.#weights[column]!;
      row.set(column, value);
      squares += value * value;
    }
    const length = Math.sqrt(squares);
    for (const [column, value] of row) row.set(column, value / length);
    return row;
  }
}
