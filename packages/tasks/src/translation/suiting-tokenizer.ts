/** How BLEU shall cut texts into tokens, by the script that they are written in. */
import type { BleuTokenizer } from "@cellstate/metrics";

const LETTER = /\p{L}/gu;
const HAN = /\p{Script=Han}/gu;
/** Letters of scripts that put no spaces between words, but for Han. */
const OTHER_SPACELESS =
  /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/gu;

/** Texts that say which script a language is written in. */
const SAMPLE = 10_000;

/**
 * The tokenizer for texts like these: `13a` where most letters are of scripts with spaces between words, otherwise `zh` for
 * Chinese and `char` for the others, such as Japanese and Thai. Looks at the first 10,000 texts.
 */
export async function suitingTokenizer(texts: AsyncIterable<string>): Promise<BleuTokenizer> {
  const counts = { letters: 0, han: 0, others: 0 };
  let seen = 0;
  for await (const text of texts) {
    counts.letters += count(text, LETTER);
    counts.han += count(text, HAN);
    counts.others += count(text, OTHER_SPACELESS);
    if (++seen === SAMPLE) break;
  }
  const spaceless = counts.han + counts.others;
  if (2 * spaceless <= counts.letters) return "13a";
  // Japanese mixes Han with kana, of which running text has a third and more.
  return 10 * counts.others < spaceless ? "zh" : "char";
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
