/** How BLEU shall cut texts into tokens, by the script that they are written in. */
import type { BleuTokenizer } from "@cellstate/metrics";
import { SPACELESS } from "../spaceless.ts";

const LETTER = /\p{L}/gu;
const HAN = /\p{Script=Han}/gu;

/** Texts that say which script a language is written in. */
const SAMPLE = 10_000;

/**
 * The tokenizer for texts like these: `13a` where most letters are of scripts with spaces between words, otherwise `zh` for
 * Chinese and `char` for the others, such as Japanese and Thai. Looks at the first 10,000 texts.
 */
export async function suitingTokenizer(texts: AsyncIterable<string>): Promise<BleuTokenizer> {
  const counts = { letters: 0, spaceless: 0, han: 0 };
  let seen = 0;
  for await (const text of texts) {
    counts.letters += count(text, LETTER);
    counts.spaceless += count(text, SPACELESS);
    counts.han += count(text, HAN);
    if (++seen === SAMPLE) break;
  }
  const { letters, spaceless, han } = counts;
  if (2 * spaceless <= letters) return "13a";
  // Japanese mixes Han with kana, of which running text has a third and more.
  return 10 * (spaceless - han) < spaceless ? "zh" : "char";
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
