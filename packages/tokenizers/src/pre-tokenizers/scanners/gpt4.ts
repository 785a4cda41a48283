/**
 * The split pattern of GPT-4 (cl100k), and its variant with other lengths of numbers, in one pass:
 *
 *     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 *
 * Words keep one character before them that is no letter, number or line break; symbols keep the line breaks behind.
 *
 * @see https://github.com/openai/tiktoken, `tiktoken_ext/openai_public.py`
 */
import {
  classes,
  endOfContractionInAnyCase,
  endOfNumber,
  endOfSymbolsOrSpace,
  endOfWordPrefix,
  LETTER,
  NUMBER,
  type PieceScanner,
} from "./letters.ts";

/** @param numberLength characters of a piece of a number at most */
export function gpt4Scanner(numberLength: number): PieceScanner {
  return (text, start, end) => {
    const contractionEnd = endOfContractionInAnyCase(text, start, end);
    if (contractionEnd > start) return contractionEnd;
    const first = classes.at(text, start);
    if ((first & LETTER) !== 0) return classes.endOfRun(text, start, end, LETTER);
    if (first === NUMBER) return endOfNumber(text, start, end, numberLength);
    const wordStart = endOfWordPrefix(text, start);
    const wordEnd = classes.endOfRun(text, wordStart, end, LETTER);
    return wordEnd > wordStart ? wordEnd : endOfSymbolsOrSpace(text, start, end, false);
  };
}
