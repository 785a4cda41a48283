/**
 * The split pattern of GPT-2, scanned by hand in one pass without backtracking:
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * Words keep the space before them; of other white space the last character before a word is a piece of its own.
 *
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2
 */
import {
  classes,
  endOfContraction,
  endOfSpace,
  LETTER,
  MARK,
  NUMBER,
  ONE_SPACE,
  type PieceScanner,
  SPACE,
  SYMBOL,
} from "./letters.ts";

export const scanGpt2: PieceScanner = (text, start, end) => {
  const contractionEnd = endOfContraction(text, start, end);
  if (contractionEnd > start) return contractionEnd;
  const first = text.charCodeAt(start) === ONE_SPACE && start + 1 < end ? start + 1 : start;
  const runMask = runMaskOf(classes.at(text, first));
  return runMask === SPACE ? endOfSpace(text, start, end) : classes.endOfRun(text, first, end, runMask);
};

/** The classes that make a run together. */
function runMaskOf(characterClass: number): number {
  if ((characterClass & LETTER) !== 0) return LETTER;
  if (characterClass === NUMBER) return NUMBER;
  return (characterClass & SPACE) !== 0 ? SPACE : SYMBOL | MARK;
}
