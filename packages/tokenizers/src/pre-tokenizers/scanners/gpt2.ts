/**
 * The split pattern of GPT-2, scanned by hand in one pass without backtracking:
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * Words keep the space before them; of other white space the last character before a word is a piece of its own.
 *
 * @see Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2
 */
import { classAt, endOfRun, nextIndex, SPACE } from "./character-classes.ts";

const BLANK = 0x20;
const APOSTROPHE = 0x27;

/** Starts and ends of the pieces of `text`, in turn; together they cover it. */
export function scanGpt2(text: string): number[] {
  const ranges: number[] = [];
  let start = 0;
  while (start < text.length) {
    const end = endOfPiece(text, start);
    ranges.push(start, end);
    start = end;
  }
  return ranges;
}

function endOfPiece(text: string, start: number): number {
  const unit = text.charCodeAt(start);
  if (unit === APOSTROPHE) {
    const end = endOfContraction(text, start);
    if (end > start) return end;
  }
  const first = unit === BLANK && start + 1 < text.length ? start + 1 : start;
  const characterClass = classAt(text, first);
  if (characterClass !== SPACE) return endOfRun(text, nextIndex(text, first), characterClass);
  return endOfSpace(text, start);
}

/** White space up to the last character of the run, which goes to the word that follows if it can. */
function endOfSpace(text: string, start: number): number {
  const end = endOfRun(text, start, SPACE); // white space is one unit each
  return end === text.length || end - start === 1 ? end : end - 1;
}

/** `start` itself where the apostrophe begins none of the English endings. */
function endOfContraction(text: string, start: number): number {
  const next = text.charAt(start + 1);
  if (next === "s" || next === "t" || next === "m" || next === "d") return start + 2;
  const pair = text.slice(start + 1, start + 3);
  return pair === "re" || pair === "ve" || pair === "ll" ? start + 3 : start;
}
