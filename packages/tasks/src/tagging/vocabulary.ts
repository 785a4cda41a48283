/** The words and characters of train that have vectors of their own, and their ids. */
import type { TaggingConfig } from "./config.ts";

/** Ids of what is no word and no character; those follow. */
export const PAD_ID = 0;
export const UNK_ID = 1;
const FIRST_ID = 2;

/** What a tagger learns of words, each list sorted by code units. */
export interface FittedVocabulary {
  /** Words that train has more than once. */
  readonly words: readonly string[];
  /** Words that train has once. */
  readonly singletons: readonly string[];
  readonly characters: readonly string[];
}

type VocabularyConfig = TaggingConfig["vocabulary"];

/** Counts the words of train. */
export class VocabularyCounts {
  readonly #config: VocabularyConfig;
  readonly #words = new Map<string, number>();
  readonly #characters = new Set<string>();

  constructor(config: VocabularyConfig) {
    this.#config = config;
  }

  see(word: string): void {
    const key = keyOf(word, this.#config);
    this.#words.set(key, (this.#words.get(key) ?? 0) + 1);
    for (const character of word) this.#characters.add(character);
  }

  get fitted(): FittedVocabulary {
    const { minFrequency } = this.#config;
    const kept = [...this.#words].filter(([, count]) => count >= minFrequency);
    const pick = (isPicked: (count: number) => boolean) =>
      kept.flatMap(([word, count]) => (isPicked(count) ? [word] : [])).sort();
    return {
      words: pick((count) => count > 1),
      singletons: pick((count) => count === 1),
      characters: [...this.#characters].sort(),
    };
  }
}

export class Vocabulary {
  readonly fitted: FittedVocabulary;
  readonly #config: VocabularyConfig;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #characterIds: ReadonlyMap<string, number>;

  constructor(fitted: FittedVocabulary, config: VocabularyConfig) {
    this.fitted = fitted;
    this.#config = config;
    this.#ids = new Map([...fitted.words, ...fitted.singletons].map((word, place) => [word, FIRST_ID + place]));
    this.#characterIds = new Map(fitted.characters.map((character, place) => [character, FIRST_ID + place]));
  }

  /** Ids of words, padding and the unknown word: those below it. */
  get size(): number {
    return FIRST_ID + this.#ids.size;
  }

  get characterCount(): number {
    return FIRST_ID + this.#characterIds.size;
  }

  /** The lowest id of a word that train has once; such ids go up to `size`. */
  get firstSingleton(): number {
    return FIRST_ID + this.fitted.words.length;
  }

  /** The word of each id; undefined for padding and the unknown word. */
  get rowWords(): readonly (string | undefined)[] {
    return [...new Array<undefined>(FIRST_ID), ...this.fitted.words, ...this.fitted.singletons];
  }

  idOf(word: string): number {
    return this.#ids.get(keyOf(word, this.#config)) ?? UNK_ID;
  }

  /** Ids of a word's characters: Unicode code points, of a long word those at its ends. */
  characterIds(word: string): number[] {
    const all = Array.from(word, (character) => this.#characterIds.get(character) ?? UNK_ID);
    const { maxWordLength } = this.#config;
    if (all.length <= maxWordLength) return all;
    const atEnd = Math.floor(maxWordLength / 2);
    return [...all.slice(0, maxWordLength - atEnd), ...all.slice(-atEnd)];
  }
}

function keyOf(word: string, { lowercase }: VocabularyConfig): string {
  return lowercase ? word.toLowerCase() : word;
}
