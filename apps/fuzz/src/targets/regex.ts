/** Patterns of a tokenizer: a regular expression on the first line, and below it a text to cut by it. */
import { Tokenizer } from "@cellstate/tokenizers";
import { HOSTILE_TEXTS } from "../mutate/hostile.ts";
import { bytesOfText, textMutators, textOfBytes } from "../mutate/text.ts";
import type { Random } from "../random.ts";
import { mustHold, type Target } from "../target.ts";

const SEEDS = [
  "'s|'t|'re| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+\nit's not  bad, 12 of 30\n",
  "(?i:'s|'t)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}\nIt'S 12345\r\nx",
  "(?:a|aa)+b\naaaac",
  "[[:alpha:]]+|\\d{2,}|\\s*[\\r\\n]\nab\n\nc",
  "(?<=a)b+(?!c)|(?:x|y)??z\nabbbc",
];

const ATOMS = [
  ...[
    "a",
    "b",
    ".",
    "\\w",
    "\\s",
    "\\d",
    "\\S",
    "\\p{L}",
    "\\P{Lu}",
    "\\p{Han}",
    "[a-c]",
    "[^a]",
    "[\\s\\S]",
    "[[:alpha:]]",
    "é",
    "中",
    "😀",
  ],
  ...[
    "\\b",
    "^",
    "$",
    "\\A",
    "\\z",
    "\\Z",
    "\\G",
    "\\K",
    "\\R",
    "\\h",
    "\\X",
    "\\x{1F600}",
    "\\u0061",
    "\\1",
    "\\k<n>",
    "\\Qa.b\\E",
    "(?#c)",
  ],
  ...[
    "[a&&b]",
    "[a-\\d]",
    "[z-a]",
    "[]",
    "[^]",
    "\\p{Foo}",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "|",
    "(?i)",
    "(?x) a #c",
    "(?m:^a)",
    "\\cA",
    "\\0",
  ],
];
const QUANTIFIERS = [
  "*",
  "+",
  "?",
  "*?",
  "+?",
  "??",
  "*+",
  "++",
  "{2}",
  "{1,3}",
  "{2,}",
  "{,3}",
  "{0}",
  "{1000}",
  "{99999}",
  "{30}",
];
const GROUPS = ["(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?<n>", "(?i:", "(?s:"];

export const regex: Target = {
  name: "regex",
  about: "patterns of tokenizers, each with a text to cut",
  extension: "txt",
  async open() {
    return {
      seeds: SEEDS.map(bytesOfText),
      mutators: textMutators,
      generate: (random) => bytesOfText(`${pattern(random, 3)}\n${subject(random)}`),
      check: (input) => cut(textOfBytes(input)),
    };
  },
};

function cut(input: string): void {
  const [pattern = ""] = input.split("\n", 1);
  const text = input.slice(pattern.length + 1);
  const split = tokenizerWith({
    pre_tokenizer: { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
  });
  const { offsets } = split.encode(text);
  let at = 0;
  for (const [start, end] of offsets) {
    mustHold(start === at && end > start, `a piece from ${start} to ${end} after one that ends at ${at}`);
    at = end;
  }
  mustHold(at === text.length, `the pieces end at ${at} of ${text.length}`);
  tokenizerWith({ normalizer: { type: "Replace", pattern: { Regex: pattern }, content: "x" } }).encode(text);
}

function tokenizerWith(stage: Readonly<Record<string, unknown>>): Tokenizer {
  return Tokenizer.fromJson({ model: { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" }, ...stage });
}

function pattern(random: Random, depth: number): string {
  const parts = random.times(random.few(4), () => {
    const nested = depth > 0 && random.oneIn(3);
    const atom = nested ? `${random.pick(GROUPS)}${pattern(random, depth - 1)})` : random.pick(ATOMS);
    return random.oneIn(2) ? atom : atom + random.pick(QUANTIFIERS);
  });
  const joined = parts.join(random.oneIn(3) ? "|" : "");
  return random.oneIn(12) ? `(?:${joined}){${random.pick([2, 30, 60])}}` : joined;
}

function subject(random: Random): string {
  const unit = random.pick(["a", "ab", "aa b", " ", "é", "1", "😀", random.pick(HOSTILE_TEXTS)]);
  return unit.repeat(random.pick([1, 3, 30, 60, 500])) + random.pick(["", "b", "!", "\n"]);
}
