/** Changes of texts: hostile words and numbers, lines that go, come twice or change places, parts that repeat. */
import type { Random } from "../random.ts";
import type { Mutator } from "../target.ts";
import { byteMutators, MAX_INPUT_BYTES } from "./bytes.ts";
import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from "./hostile.ts";

/** A lone surrogate, which UTF-8 has no bytes for, comes out as the three bytes that it would have. */
export function bytesOfText(text: string): Uint8Array {
  if (text.isWellFormed()) return new TextEncoder().encode(text).slice(0, MAX_INPUT_BYTES);
  const parts = text.split(/(\p{Surrogate})/u);
  const bytes = parts.map((part) =>
    /^\p{Surrogate}$/u.test(part) ? surrogate(part.charCodeAt(0)) : Buffer.from(part),
  );
  return new Uint8Array(Buffer.concat(bytes)).slice(0, MAX_INPUT_BYTES);
}

const surrogate = (code: number) => Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]);

export function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

/** A mutator of bytes from one of texts. */
function onText(change: (text: string, random: Random) => string): Mutator {
  return (input, random) => bytesOfText(change(textOfBytes(input), random));
}

const LINE_ENDS = ["\n", "\r\n", "\r", "\u2028", "\u0085", "\n\n"];

const insertHostile = onText((text, random) => insertAt(text, random, random.pick(HOSTILE_TEXTS)));

const replaceNumber = onText((text, random) => replaceOne(text, random, /\d[\d.e+-]*/g, random.pick(HOSTILE_NUMBERS)));

const replaceWord = onText((text, random) =>
  replaceOne(text, random, /[\p{L}\p{N}_]+/gu, random.pick(random.oneIn(3) ? HOSTILE_NUMBERS : HOSTILE_TEXTS)),
);

const swapWords = onText((text, random) => {
  const words = [...text.matchAll(/[\p{L}\p{N}_]+/gu)].map(([word]) => word);
  return words.length === 0 ? text : replaceOne(text, random, /[\p{L}\p{N}_]+/gu, random.pick(words));
});

const changeLines = onText((text, random) => {
  const lines = text.split("\n");
  const at = random.below(lines.length);
  const line = lines[at]!;
  const other = random.below(lines.length);
  switch (random.below(5)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, ...random.times(random.few(4), () => line));
      break;
    case 2:
      lines[at] = lines[other]!;
      lines[other] = line;
      break;
    case 3:
      lines.splice(at, 0, "");
      break;
    default:
      lines[at] = `${random.pick([" ", "  ", "\t", "    "])}${line}`;
  }
  return lines.join("\n");
});

const changeLineEnds = onText((text, random) => {
  const end = random.pick(LINE_ENDS);
  return random.oneIn(2) ? text.replaceAll("\n", end) : replaceOne(text, random, /\n/g, end);
});

const repeatPart = onText((text, random) => {
  const begin = random.below(text.length + 1);
  const part = text.slice(begin, begin + random.few(8));
  const times = random.pick([2, 3, 30, 130, 1000]);
  return text.slice(0, begin) + part.repeat(times) + text.slice(begin + part.length);
});

const byteOrderMark = onText((text, random) => (random.oneIn(2) ? `\ufeff${text}` : insertAt(text, random, "\ufeff")));

export const textMutators: readonly Mutator[] = [
  insertHostile,
  insertHostile,
  replaceNumber,
  replaceWord,
  swapWords,
  changeLines,
  changeLines,
  changeLineEnds,
  repeatPart,
  byteOrderMark,
];

/** For formats of text: mostly changes of text, now and then of bytes. */
export const textAndByteMutators: readonly Mutator[] = [...textMutators, ...textMutators, ...byteMutators];

function insertAt(text: string, random: Random, inserted: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + inserted + text.slice(at);
}

function replaceOne(text: string, random: Random, pattern: RegExp, replacement: string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { 0: match, index } = random.pick(matches);
  return text.slice(0, index) + replacement + text.slice(index + match.length);
}
