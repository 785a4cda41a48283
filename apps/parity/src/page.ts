/** The page that a run of the comparison writes. */
import { cpus } from "node:os";
import type { LayoutResult } from "./layouts.ts";
import type { Versions } from "./peer.ts";
import type { SentencePieceResult } from "./sentencepiece.ts";
import type { TrainingResult } from "./training.ts";

export interface PageOptions {
  readonly versions: Versions;
  readonly command: string;
  readonly date: Date;
  readonly commit: string;
  /** How many of the texts come from data sets, and how many were made up. */
  readonly natural: number;
  readonly nasty: number;
}

interface Results {
  readonly layouts: readonly LayoutResult[];
  readonly sentencePiece: readonly SentencePieceResult[];
  readonly trainings: readonly TrainingResult[];
}

export function parityPage({ layouts, sentencePiece, trainings }: Results, options: PageOptions): string {
  return [
    pageHead(options),
    layoutSection(layouts),
    ...(sentencePiece.length > 0 ? [sentencePieceSection(sentencePiece)] : []),
    ...(trainings.length > 0 ? [trainingSection(trainings)] : []),
    KNOWN_DIFFERENCES,
  ].join("\n");
}

const KNOWN_DIFFERENCES = `## Known differences

Random pipelines of all components find these, which stay, because the other library fails, leaves the result to chance, or is
wrong:

- It panics on an added token that normalization makes empty, on some overlapping added tokens, on an expression of Replace that
  matches nothing at the start of a text, and in the Strip decoder on a token shorter than what it strips; here they give results.
- Of added tokens that normalization makes equal, it finds one at random. Sequence ids without a post-processor, or with several one after another, are arbitrary.
- A BPE without an unknown token leaves characters out, which shifts its offsets behind them, as the bytes of a prefix or suffix do
  under byte fallback.
- Its WordLevel trainer moves a special token that is also a word of the text to a later id; here special tokens keep the first ids.
- It skips ids outside the vocabulary in decoding, and encodes without an error where truncation cuts the unknown word off that
  has no token, or leaves no room for special tokens. Here those are errors.
- In an expression, \\p{Extended_Pictographic} and \\p{Diacritic} are those of the runtime's Unicode, and ignoring case takes one character for
  one: (?i)ss does not find ß.
- SentencePiece fails on a text of which a whole piece is spelled like a control symbol, such as a character that is one; here that part is
  unknown. In decoding, a user-defined symbol that is spelled like a control symbol is skipped with it.
- Trimmed offsets of a token that is not byte-level, and whose prefix shares the place of an emoji, may begin inside of it.
- Training: characters that are equally frequent at the limit of the alphabet, or marked by a prefix or suffix, have random ids there, and equal counts
  are decided by ids.
`;

function pageHead({ versions, command, date, commit, natural, nasty }: PageOptions): string {
  return `# Parity of the tokenizers

Written by \`pnpm tokenizer-parity\`, which compares \`@cellstate/tokenizers\` with Hugging Face's \`tokenizers\` and with SentencePiece.

- Machine: ${cpus().length} cores, ${cpus()[0]?.model.trim()}, ${process.platform} ${process.arch}
- Versions: commit ${commit}, Node ${process.versions.node} (Unicode ${process.versions.unicode}), tokenizers ${versions.tokenizers}, sentencepiece ${versions.sentencepiece}
- Command: \`${command}\`, ${date.toISOString().slice(0, 10)}
- Texts: ${natural} from the data sets, ${nasty} made up
`;
}

function layoutSection(layouts: readonly LayoutResult[]): string {
  const rows = layouts.map(({ name, requests, differing, byField, writesAlike }) => [
    name,
    String(requests),
    String(differing),
    countsOf(byField),
    writesAlike ? "yes" : "no",
  ]);
  const table = toMarkdown([["tokenizer", "requests", "differ", "in", "file alike"], ...rows]);
  return `## Encoding and decoding

\`hf-\` tokenizers were trained by Hugging Face's library, \`own-\` ones by this one;
Hugging Face's library loads the \`tokenizer.json\` of each. Every text is a request, some in pairs, some without special tokens; some
tokenizers are asked under truncation (both sides, all strategies, strides) and padding too, with \`stopEarly\`, which that library's
\`encode\` cannot turn off. Compared are ids, tokens, offsets, word, sequence and type ids, both masks, what overflows, and decoded text with and without
special tokens; of tokenizers without a post-processor no sequence ids under truncation, which are arbitrary there. "File alike": the file is written as it was read, and as that library writes it, but for the last place of scores,
which that library rounds.

${table}
`;
}

function countsOf(byField: ReadonlyMap<string, number>): string {
  return Array.from(byField, ([field, count]) => `${field} ${count}`).join(", ") || "-";
}

function sentencePieceSection(models: readonly SentencePieceResult[]): string {
  const rows = models.map(({ name, requests, differing, byField }) => [
    name,
    String(requests),
    String(differing),
    countsOf(byField),
  ]);
  return `## SentencePiece

SentencePiece's trainer makes models of each type with the options that \`apps/parity/peers/sentencepiece_parity.py\` lists; this package
reads the \`.model\`, writes it as a tokenizer.json and reads that. Compared are ids, pieces, offsets and decoded text of each text, and
the decoded text of 1,000 lists of random ids, of control symbols, unknown pieces and bytes above all. A text on which SentencePiece
fails is not compared.

${toMarkdown([["model", "requests", "differ", "in"], ...rows])}
`;
}

function trainingSection(trainings: readonly TrainingResult[]): string {
  const rows = trainings.map(({ corpus, model, size, outcome }) => [corpus, model, String(size), outcome]);
  const table = toMarkdown([["corpus", "model", "size", "outcome"], ...rows]);
  return `## Training

BPE and WordPiece against Hugging Face's trainers: vocabularies and merges in order. Its WordPiece trainer gives \`##x\` forms of single
characters ids in random order, so that these are brought into the order of code points first. Unigram against SentencePiece's
trainer (no normalization, no pieces across spaces, hard limit off): log-likelihood of the best cuts of held-out text, in which
unknown characters count alike; above 0 % ours is better.

${table}
`;
}

/** A table whose first row is its header: the first column to the left, the others to the right. */
function toMarkdown([header = [], ...rows]: readonly (readonly string[])[]): string {
  const rule = header.map((_, index) => (index === 0 ? "---" : "---:"));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
