/** `pnpm tokenizer-parity`: compares the tokenizers with Hugging Face's and SentencePiece; exits with 1 where they differ. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { dataSetTexts } from "./data-sets.ts";
import { compareLayouts, type LayoutResult } from "./layouts.ts";
import { nastySample, nastyTexts } from "./nasty-texts.ts";
import { parityPage } from "./page.ts";
import { Peer, type Versions } from "./peer.ts";
import { Sample } from "./sample.ts";
import { compareSentencePiece, type SentencePieceResult } from "./sentencepiece.ts";
import { sentencePieceTexts } from "./sentencepiece-texts.ts";
import { compareTraining, type TrainingResult } from "./training.ts";

/** Made-up texts to train on; more would have more characters than fit into the unigram vocabularies. */
const TRAINING_MIXES = 1000;

/** Random texts of the sample. */
const SAMPLED_MIXES = 250;

const program = new Command("tokenizer-parity")
  .description("compares the tokenizers with Hugging Face's tokenizers and with SentencePiece")
  .option("--python <path>", "a Python that has both", "python3")
  .option("--only <names>", "tokenizers to compare, with commas; all by default, none for no tokenizer")
  .option("--no-training", "leave the comparison of trainers out; it needs CELLSTATE_DATASETS")
  .option("--lines <n>", "lines of each file of the data sets", toCount, 100)
  .option("--mixes <n>", "random texts", toCount, 1500)
  .option("--seed <n>", "of the random texts", toCount, 1)
  .option("--show <n>", "differences to show of each field", toCount, 2)
  .option("--sample <file>", "compare a small sample alone, and write it for the tests of the tokenizers package")
  .option("--keep <folder>", "where to keep the files of both sides")
  .option(
    "--out <file>",
    "the page to write",
    fileURLToPath(new URL("../../../docs/tokenizer-parity.md", import.meta.url)),
  )
  .parse();
const options = program.opts<{
  python: string;
  only?: string;
  training: boolean;
  lines: number;
  mixes: number;
  seed: number;
  show: number;
  sample?: string;
  keep?: string;
  out: string;
}>();

/** @throws {InvalidArgumentError} unless it is an integer of at least 1 */
function toCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("expected an integer >= 1");
  return value;
}

const fromCaller = (path: string) => resolve(process.env.INIT_CWD ?? ".", path);
const folder = options.keep === undefined ? mkdtempSync(join(tmpdir(), "cellstate-parity-")) : fromCaller(options.keep);
mkdirSync(folder, { recursive: true });
const peer = new Peer(options.python, folder);
const versions = versionsOf(peer);

if (options.sample === undefined) compareAll();
else writeSample(fromCaller(options.sample));
if (options.keep === undefined) rmSync(folder, { recursive: true });

function compareAll(): void {
  const dataSets = process.env.CELLSTATE_DATASETS ? fromCaller(process.env.CELLSTATE_DATASETS) : undefined;
  const natural = dataSets === undefined ? [] : dataSetTexts(dataSets, options.lines);
  const nasty = nastyTexts(options.mixes, options.seed);
  const sample = nastySample(options.mixes, options.seed);
  const training = [...natural, ...sample.slice(0, TRAINING_MIXES)].filter((text) => text !== "");
  const only = options.only?.split(",");
  const { show } = options;
  const layouts = compareLayouts(peer, {
    texts: [...natural, ...nasty],
    training,
    vocabSize: 3000,
    short: sample,
    only,
    show,
    report: reportLayout,
  });
  const sentencePiece = compareSentencePiece(peer, {
    texts: [...natural, ...sentencePieceTexts(options.mixes, options.seed)],
    training: training.filter((text) => !text.includes("\0")), // its trainers take no NUL
    only: only?.filter((name) => name.startsWith("spm-")),
    show,
    report: reportSentencePiece,
  });
  const trainings = options.training && dataSets !== undefined ? compareTraining(peer, dataSets, reportTraining) : [];
  const page = parityPage(
    { layouts, sentencePiece, trainings },
    {
      versions,
      command: ["pnpm tokenizer-parity", ...withoutPaths(process.argv.slice(2))].join(" "),
      date: new Date(),
      commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim(),
      natural: natural.length,
      nasty: nasty.length,
    },
  );
  writeFileSync(fromCaller(options.out), page);
  conclude(layouts, sentencePiece, trainings);
}

/** Trained on the written texts, which keeps vocabularies small. */
function writeSample(file: string): void {
  const sample = new Sample();
  const layouts = compareLayouts(peer, {
    texts: nastySample(SAMPLED_MIXES, options.seed),
    training: nastySample(0, options.seed).filter((text) => text !== ""),
    vocabSize: 500,
    short: [],
    only: options.only?.split(","),
    show: options.show,
    report: reportLayout,
    visit: (name, ...rest) => {
      if (!name.startsWith("own-config")) sample.add(name, ...rest); // other golden files have those
    },
  });
  writeFileSync(file, sample.stringify());
  conclude(layouts, [], []);
}

/** Paths are of this machine only. */
function withoutPaths(args: readonly string[]): string[] {
  return args.filter((argument) => !argument.includes("/") && !/^--(python|out|keep)$/.test(argument));
}

function conclude(
  layouts: readonly LayoutResult[],
  sentencePiece: readonly SentencePieceResult[],
  trainings: readonly TrainingResult[],
): void {
  const differing =
    layouts.reduce((sum, layout) => sum + layout.differing + (layout.writesAlike ? 0 : 1), 0) +
    sentencePiece.reduce((sum, model) => sum + model.differing, 0) +
    trainings.filter(({ isAlike }) => !isAlike).length;
  const compared = `${layouts.length} tokenizers, ${sentencePiece.length} SentencePiece models and ${trainings.length} trainings`;
  console.log(`${differing} differences in ${compared}`);
  process.exitCode = differing === 0 ? 0 : 1;
}

function versionsOf(peer: Peer): Versions {
  const versions = peer.versions();
  if (typeof versions !== "string") return versions;
  return program.error(
    `tokenizer-parity: expected a Python with tokenizers and sentencepiece, got: ${versions}; ` +
      "apps/parity/peers/README.md says how to make one, --python which it is",
  );
}

function reportLayout({ writesAlike, ...result }: LayoutResult, lines: readonly string[]): void {
  reportModel(result, lines, writesAlike ? "" : "; the file is written in another way");
}

function reportSentencePiece(result: SentencePieceResult, lines: readonly string[]): void {
  reportModel(result, lines, "");
}

function reportModel(
  { name, requests, differing, byField }: SentencePieceResult,
  lines: readonly string[],
  more: string,
): void {
  const fields = Array.from(byField, ([field, count]) => `${field} ${count}`).join(", ");
  console.log(`${name}: ${differing} of ${requests} requests differ${fields === "" ? "" : ` (${fields})`}${more}`);
  for (const line of lines) console.log(line);
}

function reportTraining({ corpus, model, size, isAlike, outcome }: TrainingResult): void {
  console.log(`${corpus}, ${model}, ${size}: ${outcome}${isAlike ? "" : " DIFFERS"}`);
}
