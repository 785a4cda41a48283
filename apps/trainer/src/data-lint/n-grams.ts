/** Texts as sets of n-grams, numbered; those of one text alone are left out, since nothing is learned of them for another text. */
import { hashText, wordsOf } from "./words.ts";

/** N-grams of a text that are looked at; long texts have enough with these. */
const MOST_OF_TEXT = 500;
const SHORTEST = 3;
const LONGEST = 5;
/** Texts that hold an n-gram at least. */
const FEWEST_TEXTS = 2;
/** Weights of a classifier at most; rarer n-grams are left out where there would be more. */
const MOST_WEIGHTS = 1 << 23;

export interface NGrams {
  /** The numbers of the n-grams of each text, without repeats. */
  readonly texts: readonly Int32Array[];
  /** How many different ones there are. */
  readonly count: number;
}

/** Words and pairs of neighbours. */
export function wordGrams(texts: readonly string[], numLabels: number): NGrams {
  return numbered(texts, numLabels, (text, see) => {
    let last: string | undefined;
    for (const word of wordsOf(text)) {
      see(word);
      if (last !== undefined) see(`${last} ${word}`);
      last = word;
    }
  });
}

/** Runs of 3 to 5 characters within words, whose ends count as characters; clauses of scripts without spaces are words here. */
export function characterGrams(texts: readonly string[], numLabels: number): NGrams {
  return numbered(texts, numLabels, (text, see) => {
    for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
      const marked = `<${word}>`;
      for (let length = SHORTEST; length <= LONGEST; length++) {
        for (let at = 0; at + length <= marked.length; at++) {
          if (!see(marked.slice(at, at + length))) return;
        }
      }
    }
  });
}

/** @param read  hands over n-grams until it is told that these are enough */
function numbered(
  texts: readonly string[],
  numLabels: number,
  read: (text: string, see: (gram: string) => boolean) => void,
): NGrams {
  const textsWith = new Map<number, number>();
  const hashes = texts.map((text) => {
    const own = new Set<number>();
    read(text, (gram) => {
      if (own.size < MOST_OF_TEXT) own.add(hashText(gram));
      return own.size < MOST_OF_TEXT;
    });
    for (const hash of own) textsWith.set(hash, (textsWith.get(hash) ?? 0) + 1);
    return Uint32Array.from(own);
  });
  const fewest = fewestTexts(textsWith, Math.floor(MOST_WEIGHTS / numLabels));
  const numbers = new Map<number, number>();
  for (const [hash, count] of textsWith) if (count >= fewest) numbers.set(hash, numbers.size);
  return {
    texts: hashes.map((own) => Int32Array.from([...own].flatMap((hash) => numbers.get(hash) ?? []))),
    count: numbers.size,
  };
}

/** The least number of texts with an n-gram under which no more than `most` are kept. */
function fewestTexts(textsWith: ReadonlyMap<number, number>, most: number): number {
  for (let fewest = FEWEST_TEXTS; ; fewest++) {
    let kept = 0;
    for (const count of textsWith.values()) if (count >= fewest) kept += 1;
    if (kept <= most) return fewest;
  }
}
