/** The rows of a shared table that stand for a word: those of its character n-grams, and one of the word as a whole, by hash. */
import { type NgramOptions, ngramBuckets } from "@cellstate/data";
import type { Tokenizer } from "@cellstate/tokenizers";
import { tokensOf, wordsOf } from "./words.ts";

/** The bag of each id; padding has none. Special tokens are taken as wholes. */
export function ngramBags(tokenizer: Tokenizer, options: NgramOptions): number[][] {
  const words = wordsOf(tokenizer);
  return tokensOf(tokenizer).map((token, id) => {
    if (id === tokenizer.padId) return [];
    const word = words[id];
    if (word === undefined) return wholeWord(token, options.buckets);
    const whole = [...word].length + 2 > options.maxLength ? wholeWord(word, options.buckets) : [];
    return [...whole, ...ngramBuckets(word, options)];
  });
}

/** The bucket of a word with what stands around it, which is its longest n-gram. */
function wholeWord(word: string, buckets: number): number[] {
  const length = [...word].length + 2;
  return ngramBuckets(word, { buckets, minLength: length, maxLength: length });
}
