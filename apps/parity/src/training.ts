/** Compares what trainers learn from the same texts: merges one by one, unigram models by their fit to other texts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AlignedText,
  MetaspacePreTokenizer,
  type PreTokenizer,
  preTokenize,
  readSentencePiece,
  trainBpe,
  trainUnigram,
  trainWordPiece,
  UnigramModel,
  Vocabulary,
  WhitespacePreTokenizer,
} from "@cellstate/tokenizers";
import { linesOf } from "./data-sets.ts";
import type { Peer } from "./peer.ts";

export interface TrainingResult {
  readonly corpus: string;
  readonly model: TrainedModel;
  readonly size: number;
  readonly isAlike: boolean;
  /** In a few words. */
  readonly outcome: string;
}

type TrainedModel = "BPE" | "WordPiece" | "Unigram";

/** The text of one language, and which column of its lines holds it. */
interface Corpus {
  readonly name: string;
  readonly file: string;
  readonly column: number;
}

const CORPORA: readonly Corpus[] = [
  { name: "English (IMDB)", file: "imdb/train.tsv.gz", column: -1 },
  { name: "German (Multi30k)", file: "multi30k/train.de.gz", column: 0 },
  { name: "Chinese (hotel reviews)", file: "chnsenticorp-htl/train.tsv", column: -1 },
];
const SIZES = [1000, 4000, 8000];
/** In UTF-16 code units; the first part trains, the rest is held out. */
const TRAINING_LENGTH = 2_000_000;
const HELD_OUT_LENGTH = 200_000;
/** How far the log-likelihood may lie below that of SentencePiece's model. */
const TOLERANCE = 0.005;

interface Job {
  readonly name: string;
  readonly corpus: string;
  readonly model: TrainedModel;
  readonly size: number;
  readonly texts: string;
  readonly limitAlphabet: number;
  readonly specialTokens: readonly string[];
  readonly training: readonly string[];
  readonly heldOut: readonly string[];
}

/** @param dataSets the folder of the data sets */
export function compareTraining(
  peer: Peer,
  dataSets: string,
  report: (result: TrainingResult) => void,
): TrainingResult[] {
  const jobs = CORPORA.flatMap((corpus, index) => SIZES.flatMap((size) => jobsFor(corpus, index, size, dataSets)));
  for (const { texts, training } of jobs) peer.write(texts, training);
  peer.write(
    "jobs.json",
    jobs.map(({ training: _, heldOut: __, ...job }) => job),
  );
  peer.run("training_parity.py", peer.folder);
  return jobs.map((job) => {
    const { corpus, model, size } = job;
    const result = { corpus, model, size, ...(model === "Unigram" ? compareFit : compareMerges)(peer, job) };
    report(result);
    return result;
  });
}

function jobsFor({ name: corpus, file, column }: Corpus, index: number, size: number, dataSets: string): Job[] {
  const texts = linesOf(join(dataSets, file)).map((line) => line.split("\t").at(column) ?? "");
  const alphabet = alphabetOf(texts, Math.floor(size / 4));
  // Rarer characters would be unknown, of which each trainer makes something else.
  const kept = texts.map((text) =>
    Array.from(text, (character) => (alphabet.has(character) ? character : " ")).join(""),
  );
  const [training, heldOut] = divide(kept);
  const shared = { corpus, size, texts: `${index}-${size}.json`, limitAlphabet: alphabet.size, training, heldOut };
  const continuing = [...alphabet].sort(byCodePoint).map((character) => `##${character}`);
  return [
    { ...shared, model: "BPE", name: `bpe-${index}-${size}`, specialTokens: ["<unk>"] },
    { ...shared, model: "WordPiece", name: `wordpiece-${index}-${size}`, specialTokens: ["<unk>", ...continuing] },
    { ...shared, model: "Unigram", name: `unigram-${index}-${size}`, specialTokens: ["<unk>"] },
  ];
}

/** The most frequent characters, at most so many, and none as frequent as one that is left out. */
function alphabetOf(texts: readonly string[], limit: number): Set<string> {
  const counts = new Map<string, number>();
  for (const text of texts) for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  counts.delete(" ");
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  let size = Math.min(limit, sorted.length);
  while (size < sorted.length && sorted[size]?.[1] === sorted[size - 1]?.[1]) size--;
  return new Set(sorted.slice(0, size).map(([character]) => character));
}

function divide(texts: readonly string[]): [training: string[], heldOut: string[]] {
  const training: string[] = [];
  const heldOut: string[] = [];
  let length = 0;
  for (const [index, text] of texts.entries()) {
    if (length > TRAINING_LENGTH) break;
    (index % Math.round(TRAINING_LENGTH / HELD_OUT_LENGTH) === 0 ? heldOut : training).push(text);
    length += text.length;
  }
  return [training, heldOut];
}

function byCodePoint(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0);
}

function countPieces(preTokenizer: PreTokenizer, texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const { text: piece } of preTokenize(preTokenizer, AlignedText.of(text))) {
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
  }
  return counts;
}

type Outcome = Pick<TrainingResult, "isAlike" | "outcome">;

function compareMerges(peer: Peer, { name, model, size, limitAlphabet, specialTokens, training }: Job): Outcome {
  const counts = countPieces(new WhitespacePreTokenizer(), training);
  const options = { specialTokens, unkToken: "<unk>", minFrequency: 2, vocabSize: size, limitAlphabet };
  const trained = model === "BPE" ? trainBpe(counts, options) : trainWordPiece(counts, options);
  const theirs: { readonly tokens: string[]; readonly merges?: [string, string][] | null } = JSON.parse(
    readFileSync(join(peer.folder, `${name}.result.json`), "utf8"),
  );
  const { tokens } = trained.vocabulary;
  const first = tokens.findIndex((token, id) => token !== theirs.tokens[id]);
  const mergesAlike = !("merges" in trained) || JSON.stringify(trained.merges) === JSON.stringify(theirs.merges);
  if (first === -1 && tokens.length === theirs.tokens.length && mergesAlike) {
    const merges = "merges" in trained ? ` and ${trained.merges.length} merges` : "";
    return { isAlike: true, outcome: `equal: ${tokens.length} tokens${merges}` };
  }
  return { isAlike: false, outcome: `${tokens.length} tokens against ${theirs.tokens.length}, other from ${first}` };
}

function compareFit(peer: Peer, { name, size, training, heldOut }: Job): Outcome {
  const preTokenizer = new MetaspacePreTokenizer();
  const specialTokens = ["<unk>"];
  const ours = trainUnigram(countPieces(preTokenizer, training), { specialTokens, unkToken: "<unk>", vocabSize: size });
  const theirs = sentencePieceModel(readFileSync(join(peer.folder, `${name}.model`)));
  const pieces = countPieces(preTokenizer, heldOut);
  const [our, their] = [logLikelihood(ours, pieces), logLikelihood(theirs, pieces)];
  const gain = (their - our) / their;
  const sizes =
    ours.vocabulary.size === theirs.vocabulary.size
      ? ""
      : `, ${ours.vocabulary.size} tokens against ${theirs.vocabulary.size}`;
  return { isAlike: gain > -TOLERANCE, outcome: `log-likelihood ${(100 * gain).toFixed(3)} %${sizes}` };
}

/** The tokens and scores of a `.model` file. */
function sentencePieceModel(bytes: Uint8Array): UnigramModel {
  const { vocab }: { readonly vocab: [string, number][] } = JSON.parse(readSentencePiece(bytes).stringify()).model;
  return new UnigramModel({
    vocabulary: Vocabulary.fromTokens(vocab.map(([token]) => token)),
    scores: vocab.map(([, score]) => score),
    unkId: 0,
  });
}

/** Natural log of the probability of the best cuts. */
function logLikelihood(model: UnigramModel, pieces: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [piece, count] of pieces) sum += count * (model.nBest(piece, 1)[0]?.score ?? 0);
  return sum;
}
