/** Finds texts of different splits that are almost the same, which would make a test score too good. */

/** A text and where it stands. */
export interface PlacedText {
  readonly text: string;
  /** File and line for the report, such as `test.tsv:12`. */
  readonly place: string;
}

/** Two texts that are too similar. */
export interface NearDuplicate {
  readonly first: PlacedText;
  readonly second: PlacedText;
  /** The larger of both similarities, 0..1. */
  readonly similarity: number;
}

/** How similar is too similar. */
export interface NearDuplicateOptions {
  /** Report pairs from this similarity on, 0 < threshold <= 1. Default 0.8. */
  readonly threshold?: number | undefined;
}

const GRAM = 5;

/**
 * Pairs of texts from two different splits whose similarity reaches the threshold. Similarity is the Jaccard index of the
 * sets of 5 neighbouring characters, or of the bags of words (single characters in Chinese), whichever is larger; both
 * ignore capitals and punctuation. Texts of the same split are compared for being equal only.
 */
export function findNearDuplicates(
  splits: Readonly<Record<string, readonly PlacedText[]>>,
  options: NearDuplicateOptions = {},
): NearDuplicate[] {
  const threshold = options.threshold ?? 0.8;
  const found = new Map<string, NearDuplicate>();
  for (const featuresOf of [characterGrams, wordBag]) {
    const index = new FeatureIndex();
    for (const [split, texts] of Object.entries(splits)) {
      for (const placed of texts) {
        const entry: Entry = { placed, split, features: featuresOf(placed.text), plain: normalize(placed.text) };
        for (const duplicate of index.similar(entry, threshold)) {
          const key = `${duplicate.first.place} ${duplicate.second.place}`;
          if ((found.get(key)?.similarity ?? 0) < duplicate.similarity) found.set(key, duplicate);
        }
        index.add(entry);
      }
    }
  }
  return [...found.values()].sort((a, b) => b.similarity - a.similarity);
}

interface Entry {
  readonly placed: PlacedText;
  readonly split: string;
  readonly features: ReadonlySet<string>;
  readonly plain: string;
}

/** Texts by feature, so that only texts that share something are compared. */
class FeatureIndex {
  readonly #entries: Entry[] = [];
  readonly #postings = new Map<string, number[]>();

  add(entry: Entry): void {
    const id = this.#entries.push(entry) - 1;
    for (const feature of entry.features) {
      const list = this.#postings.get(feature);
      if (list === undefined) this.#postings.set(feature, [id]);
      else list.push(id);
    }
  }

  *similar(entry: Entry, threshold: number): Generator<NearDuplicate, void, undefined> {
    const shared = new Map<number, number>();
    for (const feature of entry.features) {
      for (const id of this.#postings.get(feature) ?? []) shared.set(id, (shared.get(id) ?? 0) + 1);
    }
    for (const [id, count] of shared) {
      const other = this.#entries[id] as Entry;
      const similarity = count / (entry.features.size + other.features.size - count);
      const counts = other.split === entry.split ? other.plain === entry.plain : similarity >= threshold;
      if (counts) yield { first: other.placed, second: entry.placed, similarity };
    }
  }
}

/** Small letters and digits with single spaces between words. */
function normalize(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function characterGrams(text: string): Set<string> {
  const characters = [...normalize(text)];
  const grams = new Set<string>();
  for (let i = 0; i < Math.max(1, characters.length - GRAM + 1); i++) grams.add(characters.slice(i, i + GRAM).join(""));
  return grams;
}

/** Words, the second `not` told apart from the first, so that the set is a bag; Chinese characters count as words. */
function wordBag(text: string): Set<string> {
  const counts = new Map<string, number>();
  const bag = new Set<string>();
  for (const [word] of normalize(text).matchAll(/\p{Script=Han}|[^\s\p{Script=Han}]+/gu)) {
    const nth = (counts.get(word) ?? 0) + 1;
    counts.set(word, nth);
    bag.add(`${word} ${nth}`);
  }
  return bag;
}
