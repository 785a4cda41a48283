/**
 * The split pattern of GPT-4o (o200k), and its variants, in one pass. A word is one of
 *
 *     [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
 *     [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
 *
 * so that it starts anew where an upper-case letter follows a lower-case one. Else it is as GPT-4's, but that symbols
 * keep slashes behind them too.
 *
 * @see https://github.com/openai/tiktoken, `tiktoken_ext/openai_public.py`
 */
import {
  CASELESS,
  classes,
  endOfContractionInAnyCase,
  endOfNumber,
  endOfSymbolsOrSpace,
  endOfWordPrefix,
  LOWER,
  MARK,
  NUMBER,
  type PieceScanner,
  UPPER,
} from "./letters.ts";

const HEAD = UPPER | CASELESS | MARK;
const TAIL = LOWER | CASELESS | MARK;

interface O200kOptions {
  /** Characters of a piece of a number at most. */
  readonly numberLength: number;
  /** Whether words keep English endings such as "'s". */
  readonly contractions: boolean;
}

export function o200kScanner({ numberLength, contractions }: O200kOptions): PieceScanner {
  return (text, start, end) => {
    if (classes.at(text, start) === NUMBER) return endOfNumber(text, start, end, numberLength);
    const wordEnd = endOfWord(text, start, end);
    if (wordEnd === start) return endOfSymbolsOrSpace(text, start, end, true);
    return contractions ? endOfContractionInAnyCase(text, wordEnd, end) : wordEnd;
  };
}

/** The end of a word, which may have another character before it; `start` if there is none. */
function endOfWord(text: string, start: number, end: number): number {
  const letters = endOfWordPrefix(text, start);
  for (const endOfLetters of [endOfCapitalized, endOfCapitals]) {
    const wordEnd = endOfLetters(text, letters, end);
    if (wordEnd > letters) return wordEnd;
    if (letters > start && endOfLetters(text, start, end) > start) return endOfLetters(text, start, end);
  }
  return start;
}

/** The end of `HEAD*TAIL+`; `start` where that is not there. */
function endOfCapitalized(text: string, start: number, end: number): number {
  const headEnd = classes.endOfRun(text, start, end, HEAD);
  const tailEnd = classes.endOfRun(text, headEnd, end, TAIL);
  if (tailEnd > headEnd) return tailEnd;
  // The head gives back up to its last character that may be the tail; what follows that one may not.
  let index = headEnd;
  while (index > start && (classes.at(text, previousIndex(text, index)) & TAIL) === 0)
    index = previousIndex(text, index);
  return index;
}

/** The end of `HEAD+TAIL*`; `start` where that is not there. */
function endOfCapitals(text: string, start: number, end: number): number {
  const headEnd = classes.endOfRun(text, start, end, HEAD);
  return headEnd === start ? start : classes.endOfRun(text, headEnd, end, TAIL);
}

/** Where the character before `index`, which must be there, starts. */
function previousIndex(text: string, index: number): number {
  return index > 1 && (text.codePointAt(index - 2) ?? 0) > 0xffff ? index - 2 : index - 1;
}
