/** The scores of a tagger: accuracy of tags word by word, and of spans precision, recall and F1 as conlleval defines them. */
import { type ClassScores, meanLoss } from "@cellstate/training";
import type { Scores } from "../task.ts";
import { type Chunk, chunksOf } from "./chunks.ts";
import type { TaggedExample } from "./data.ts";
import type { TagPrediction } from "./predict.ts";
import type { TagSet } from "./tag-set.ts";

/** What is counted of one sentence. */
interface SentenceCounts {
  readonly words: number;
  readonly rightWords: number;
  readonly goldSpans: number;
  readonly foundSpans: number;
  readonly rightSpans: number;
}

/** The true tags of an example that must have them. @throws {RangeError} otherwise */
export function goldOf({ index, gold }: TaggedExample): readonly string[] {
  if (gold === undefined) throw new RangeError(`metrics: expected sentences with tags, sentence ${index} has none`);
  return gold;
}

/** The spans of the answer that are among the true ones: the same words and the same name. */
function rightOf(gold: readonly Chunk[], found: readonly Chunk[]): Chunk[] {
  const keys = new Set(gold.map(keyOf));
  return found.filter((chunk) => keys.has(keyOf(chunk)));
}

const keyOf = ({ start, end, label }: Chunk): string => `${start} ${end} ${label}`;

/** Counts sentences and adds the counts up. */
export class TagScorer {
  readonly #tagSet: TagSet;
  /** Resampled scores ask for the same sentences again and again. */
  readonly #counted = new WeakMap<TagPrediction, SentenceCounts>();

  constructor(tagSet: TagSet) {
    this.#tagSet = tagSet;
  }

  /**
   * `loss` (mean over the words of sentences all of whose tags train has, nats) where it is known, `f1 precision recall` of spans, 0 where there
   * are none, and `accuracy` of words; a tag that train lacks is never right.
   *
   * @throws {RangeError} unless every example has tags, and there is at least one word
   */
  score(predictions: readonly TagPrediction[], examples: readonly TaggedExample[]): Scores {
    const total = { words: 0, rightWords: 0, goldSpans: 0, foundSpans: 0, rightSpans: 0 };
    for (const [row, prediction] of predictions.entries()) {
      const counts = this.#countsOf(prediction, examples[row]!);
      for (const key of Object.keys(total) as (keyof SentenceCounts)[]) total[key] += counts[key];
    }
    const { words, rightWords, goldSpans, foundSpans, rightSpans } = total;
    if (words === 0) throw new RangeError("metrics: expected at least one word with a tag, got none");
    return {
      ...lossOf(predictions),
      ...(this.#tagSet.kind === "spans" && spanScores(rightSpans, foundSpans, goldSpans)),
      accuracy: rightWords / words,
    };
  }

  /** Scores of the spans of each name, and the like of tags of words, by name in the order of code units. */
  byLabel(predictions: readonly TagPrediction[], examples: readonly TaggedExample[]): Map<string, ClassScores> {
    const counts = new Map<string, { right: number; found: number; gold: number }>();
    const of = (label: string) => {
      const known = counts.get(label) ?? { right: 0, found: 0, gold: 0 };
      counts.set(label, known);
      return known;
    };
    for (const [row, prediction] of predictions.entries()) {
      const gold = this.#unitsOf(goldOf(examples[row]!));
      const found = this.#unitsOf(this.#tagSet.namesOf(prediction.tags));
      for (const { label } of gold) of(label).gold += 1;
      for (const { label } of found) of(label).found += 1;
      for (const { label } of rightOf(gold, found)) of(label).right += 1;
    }
    const labels = [...counts.keys()].sort();
    return new Map(
      labels.map((label) => {
        const { right, found, gold } = counts.get(label)!;
        return [label, { ...spanScores(right, found, gold), support: gold }];
      }),
    );
  }

  /** What is right or wrong as a whole: spans, or words. */
  #unitsOf(names: readonly string[]): Chunk[] {
    if (this.#tagSet.kind === "spans") return chunksOf(names);
    return names.map((label, start) => ({ start, end: start + 1, label }));
  }

  #countsOf(prediction: TagPrediction, example: TaggedExample): SentenceCounts {
    const known = this.#counted.get(prediction);
    if (known !== undefined) return known;
    const gold = goldOf(example);
    const names = this.#tagSet.namesOf(prediction.tags);
    const [goldChunks, foundChunks] = this.#tagSet.kind === "spans" ? [chunksOf(gold), chunksOf(names)] : [[], []];
    const counts = {
      words: gold.length,
      rightWords: gold.filter((name, place) => name === names[place]).length,
      goldSpans: goldChunks.length,
      foundSpans: foundChunks.length,
      rightSpans: rightOf(goldChunks, foundChunks).length,
    };
    this.#counted.set(prediction, counts);
    return counts;
  }
}

/** The mean over words; nothing where no sentence has a loss, such as those of answers without probabilities. */
function lossOf(predictions: readonly TagPrediction[]): { readonly loss?: number } {
  const scored = predictions.filter(({ loss, tags }) => loss !== undefined && tags.length > 0);
  if (scored.length === 0) return {};
  const counts = scored.map(({ tags }) => tags.length);
  return {
    loss: meanLoss(
      scored.map(({ loss, tags }) => loss! / tags.length),
      counts,
    ),
  };
}

function spanScores(right: number, found: number, gold: number) {
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return { f1: share(2 * right, found + gold), precision: share(right, found), recall: share(right, gold) };
}
