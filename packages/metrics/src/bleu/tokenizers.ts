/** The ways in which BLEU cuts texts into tokens, by the names that sacreBLEU gives them. */
import { splitAtSpace } from "../words.ts";
import { tokenize13a } from "./tokenize-13a.ts";
import { tokenizeInternational } from "./tokenize-international.ts";
import { tokenizeZh } from "./tokenize-zh.ts";

const tokenizers = {
  "13a": tokenize13a,
  zh: tokenizeZh,
  /** Each character by itself, white space left out. */
  char: (segment: string) => splitAtSpace([...segment].join(" ")),
  intl: tokenizeInternational,
  /** At white space alone. */
  none: splitAtSpace,
} as const;

export type BleuTokenizer = keyof typeof tokenizers;

export const bleuTokenizers: readonly BleuTokenizer[] = Object.keys(tokenizers) as BleuTokenizer[];

/** The tokens of one segment. */
export function tokenizeForBleu(segment: string, tokenizer: BleuTokenizer): string[] {
  return tokenizers[tokenizer](segment);
}
