/** The split patterns of well-known tokenizers, by their exact text, with scanners that give the same pieces. */
import type { RangeCutter } from "../../text/pieces.ts";
import { scanGpt2 } from "./gpt2.ts";
import { gpt4Scanner } from "./gpt4.ts";
import { cutterOf, type PieceScanner } from "./letters.ts";
import { o200kScanner } from "./o200k.ts";

const ENDINGS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const WORD = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;
const HEAD = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const TAIL = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const CAPITALIZED = String.raw`[^\r\n\p{L}\p{N}]?${HEAD}*${TAIL}+`;
const CAPITALS = String.raw`[^\r\n\p{L}\p{N}]?${HEAD}+${TAIL}*`;
const SYMBOLS = String.raw` ?[^\s\p{L}\p{N}]+`;
const SPACE = String.raw`\s+(?!\S)|\s+`;
const LINES_OR_SPACE = String.raw`\s*[\r\n]+|${SPACE}`;

const PATTERNS: readonly (readonly [pattern: string, scanner: PieceScanner])[] = [
  // GPT-2, RoBERTa, GPT-NeoX
  [String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|${SYMBOLS}|${SPACE}`, scanGpt2],
  [String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+|${SYMBOLS}|${SPACE}`, scanGpt2],
  // GPT-4 (cl100k), Llama 3
  [String.raw`${ENDINGS}|${WORD}|\p{N}{1,3}|${SYMBOLS}[\r\n]*|${LINES_OR_SPACE}`, gpt4Scanner(3)],
  // Qwen 2, 2.5 and 3
  [String.raw`${ENDINGS}|${WORD}|\p{N}|${SYMBOLS}[\r\n]*|${LINES_OR_SPACE}`, gpt4Scanner(1)],
  // GPT-4o (o200k), gpt-oss, Llama 4
  [
    String.raw`${CAPITALIZED}${ENDINGS}?|${CAPITALS}${ENDINGS}?|\p{N}{1,3}|${SYMBOLS}[\r\n/]*|${LINES_OR_SPACE}`,
    o200kScanner({ numberLength: 3, contractions: true }),
  ],
  // Mistral's Tekken
  [
    String.raw`${CAPITALIZED}|${CAPITALS}|\p{N}|${SYMBOLS}[\r\n/]*|${LINES_OR_SPACE}`,
    o200kScanner({ numberLength: 1, contractions: false }),
  ],
];

/** By the text of the pattern. All of a text is in its pieces. */
export const SCANNERS: ReadonlyMap<string, RangeCutter> = new Map(
  PATTERNS.map(([pattern, scanner]) => [pattern, cutterOf(scanner)]),
);
