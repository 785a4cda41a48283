/**
 * The classifier that anybody would try first: logistic regression on TF-IDF of words and pairs of words (Wang & Manning 2012 show how
 * far such models reach), of up to three characters in scripts without spaces. Its cost is chosen on dev.
 */
import { z } from "zod";
import type { TextExample } from "../data.ts";
import { type LabelPrediction, predictionOf } from "../predict.ts";
import { fitLogistic, type LogisticData, logitsOf, outputsFor } from "./logistic.ts";
import { unitOf } from "./ngrams.ts";
import { packRows } from "./sparse-rows.ts";
import { countNgrams, TfIdf } from "./tfidf.ts";

/** Texts that it learns from at most, the first ones. */
const MOST_TEXTS = 200_000;
/** Weights that are kept at most, of all classes together: more would weigh more than the model that it stands beside. */
const MOST_WEIGHTS = 300_000;
const MOST_NGRAMS = 100_000;
/** What errors may cost, from much smoothing to little. */
const COSTS = [0.25, 1, 4, 16, 64];
/** The cost where there is no dev split to choose on. */
const USUAL_COST = 4;

/** What it has learned, as it may stand in a file. */
export interface LearnedLinear {
  readonly unit: "words" | "characters";
  readonly texts: number;
  readonly ngrams: readonly string[];
  readonly frequencies: readonly number[];
  readonly cost: number;
  /** For each output a weight of each n-gram, then its bias; one output for two classes. */
  readonly weights: readonly number[];
}

/** The schema of what was learned of texts of so many classes. */
export function learnedLinear(numClasses: number): z.ZodType<LearnedLinear> {
  return z
    .strictObject({
      unit: z.enum(["words", "characters"]),
      texts: z.int().min(1),
      ngrams: z.array(z.string()),
      frequencies: z.array(z.int().min(1)),
      cost: z.number().positive(),
      weights: z.array(z.number()),
    })
    .refine(
      ({ ngrams, frequencies, weights }) =>
        frequencies.length === ngrams.length && weights.length === outputsFor(numClasses) * (ngrams.length + 1),
      "expected a frequency and weights of each n-gram",
    );
}

type Examples = Iterable<TextExample> | AsyncIterable<TextExample>;

/** Learns from the labelled examples of train, and chooses by the accuracy on dev, then by its loss. */
export async function learnLinear(
  train: Examples,
  dev: Examples | undefined,
  numClasses: number,
): Promise<LearnedLinear | undefined> {
  const { texts, labels } = await labelled(train, MOST_TEXTS);
  if (texts.length === 0) return undefined;
  const most = Math.min(MOST_NGRAMS, Math.floor(MOST_WEIGHTS / outputsFor(numClasses)));
  const table = countNgrams(texts, unitOf(texts.slice(0, 1000)), most);
  const tfidf = new TfIdf(table);
  const rows = packRows(texts.map((text) => tfidf.rowOf(text)));
  const data: LogisticData = { rows, labels, numClasses, numColumns: table.ngrams.length };
  const held = await labelled(dev ?? [], MOST_TEXTS);
  const heldRows = packRows(held.texts.map((text) => tfidf.rowOf(text)));
  let best: { cost: number; weights: Float64Array; score: Score } | undefined;
  let weights: Float64Array | undefined;
  for (const cost of held.texts.length === 0 ? [USUAL_COST] : COSTS) {
    weights = fitLogistic(data, cost, { start: weights }); // from smooth to less smooth: each is near the one before
    const score = scoreOf(held.labels, (row) => predictionOf(logitsOf(heldRows, row, weights!, numClasses)));
    if (best === undefined || isBetter(score, best.score)) best = { cost, weights, score };
  }
  return { ...table, cost: best!.cost, weights: Array.from(best!.weights, (weight) => Number(weight.toPrecision(5))) };
}

/** The classifier that was learned. */
export function tfidfLogistic(learned: LearnedLinear, numClasses: number): (example: TextExample) => LabelPrediction {
  const tfidf = new TfIdf(learned);
  return ({ text }) => predictionOf(logitsOf(packRows([tfidf.rowOf(text)]), 0, learned.weights, numClasses));
}

interface Score {
  readonly right: number;
  readonly loss: number;
}

function scoreOf(labels: readonly number[], predict: (row: number) => LabelPrediction): Score {
  let [right, loss] = [0, 0];
  for (const [row, label] of labels.entries()) {
    const prediction = predict(row);
    right += Number(prediction.label === label);
    loss -= prediction.logProbs[label]!;
  }
  return { right, loss };
}

function isBetter(a: Score, b: Score): boolean {
  return a.right > b.right || (a.right === b.right && a.loss < b.loss);
}

async function labelled(examples: Examples, most: number): Promise<{ texts: string[]; labels: number[] }> {
  const texts: string[] = [];
  const labels: number[] = [];
  for await (const { text, label } of examples) {
    if (label === undefined) continue;
    if (texts.length === most) break;
    texts.push(text);
    labels.push(label);
  }
  return { texts, labels };
}
