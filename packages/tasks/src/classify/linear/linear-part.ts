/**
 * The linear part of a classifier that is joined of two: what counts words and pairs of them beside the network that reads them in order.
 * Neither learns from the other. `linear.json` has its n-grams and the shares of both, `linear.safetensors` its numbers.
 */
import type { Examples } from "@cellstate/data";
import { decodeSafetensors, encodeSafetensors, SafetensorsError, type TensorData } from "@cellstate/tensor";
import { z } from "zod";
import { ModelFilesError } from "../../errors.ts";
import { encodeFile, readJson, requireFile } from "../../file-contents.ts";
import type { FileContents } from "../../task.ts";
import type { TextExample } from "../data.ts";
import { type LabelPrediction, predictionOf } from "../predict.ts";
import { outputsFor } from "./logistic.ts";
import { fitShares, joinScores, type Shares } from "./shares.ts";
import { type LearnedLinear, learnLinear, tfidfLogistic } from "./tfidf-logistic.ts";

const LINEAR_FILE = "linear.json";
const LINEAR_WEIGHTS_FILE = "linear.safetensors";
const FORMAT_VERSION = 1;

const share = z.number().min(0);
const linearFile = z.object({
  shares: z.object({ linear: share, network: share }),
  unit: z.enum(["words", "characters"]),
  texts: z.int().min(1),
  cost: z.number().positive(),
  ngrams: z.array(z.string()),
});

/** What it has learned, and how much it says. */
interface Joined {
  readonly learned: LearnedLinear;
  readonly shares: Shares;
}

/** Says nothing until it has learned: the network's answers are the model's while it trains. */
export class LinearPart {
  readonly #numClasses: number;
  #joined: Joined | undefined;
  #answer: ((example: TextExample) => LabelPrediction) | undefined;

  private constructor(numClasses: number, joined?: Joined) {
    this.#numClasses = numClasses;
    this.#become(joined);
  }

  /** One with what `save` wrote; one that has learned nothing where there are no such files. @throws {ModelFilesError} if they are malformed */
  static load(files: FileContents, numClasses: number): LinearPart {
    return new LinearPart(numClasses, files.has(LINEAR_FILE) ? readJoined(files, numClasses) : undefined);
  }

  /** The logistic regression; undefined as long as it has learned nothing. */
  get learned(): LearnedLinear | undefined {
    return this.#joined?.learned;
  }

  /**
   * Fits the logistic regression to train, with the cost that is best on dev, and both shares to dev. What was learned before is forgotten.
   *
   * @param network  the network's answers to the examples of dev
   */
  async learn(
    train: Examples<TextExample>,
    dev: readonly TextExample[],
    network: readonly LabelPrediction[],
  ): Promise<void> {
    const fitted = await learnLinear(train, dev, this.#numClasses);
    if (fitted === undefined) throw new Error("internal: a classifier was trained on texts without a label");
    const learned = { ...fitted, weights: fitted.weights.map(Math.fround) };
    const answer = tfidfLogistic(learned, this.#numClasses);
    const texts = dev.flatMap((example, index) =>
      example.label === undefined
        ? []
        : [{ linear: answer(example).logProbs, network: network[index]!.logProbs, label: example.label }],
    );
    this.#become({ learned, shares: fitShares(texts) });
  }

  /** The answer of both. */
  join(example: TextExample, network: LabelPrediction): LabelPrediction {
    if (this.#answer === undefined) return network;
    const linear = this.#answer(example);
    const scores = joinScores({ linear: linear.logProbs, network: network.logProbs }, this.#joined!.shares);
    return { ...predictionOf(scores), parts: { linear, network } };
  }

  /** The files of a saved model; none as long as it has learned nothing. */
  save(): FileContents {
    return this.#joined === undefined ? new Map() : formatJoined(this.#joined, this.#numClasses);
  }

  #become(joined: Joined | undefined): void {
    this.#joined = joined;
    this.#answer = joined && tfidfLogistic(joined.learned, this.#numClasses);
  }
}

/** On one line: there may be many n-grams. */
function formatJoined({ learned, shares }: Joined, numClasses: number): FileContents {
  const { unit, texts, cost, ngrams, frequencies, weights } = learned;
  const facts = { formatVersion: FORMAT_VERSION, shares, unit, texts, cost, ngrams };
  const tensors = new Map<string, TensorData>([
    ["frequencies", { dtype: "int32", shape: [ngrams.length], data: Int32Array.from(frequencies) }],
    ["weights", { dtype: "float32", shape: shapeOf(learned, numClasses), data: Float32Array.from(weights) }],
  ]);
  return new Map([
    [LINEAR_FILE, encodeFile(`${JSON.stringify(facts)}\n`)],
    [LINEAR_WEIGHTS_FILE, encodeSafetensors(tensors, { format: "cellstate" })],
  ]);
}

/** `[outputs, n-grams and a bias]`. */
function shapeOf({ ngrams }: Pick<LearnedLinear, "ngrams">, numClasses: number): number[] {
  return [outputsFor(numClasses), ngrams.length + 1];
}

function readJoined(files: FileContents, numClasses: number): Joined {
  const { shares, ...facts } = readJson(files, LINEAR_FILE, linearFile, FORMAT_VERSION);
  const tensors = readTensors(requireFile(files, LINEAR_WEIGHTS_FILE));
  const numbers = (name: string, dtype: string, shape: readonly number[]): number[] => {
    const tensor = tensors.get(name);
    const expected = `${dtype} of shape [${shape.join(", ")}]`;
    if (tensor?.dtype !== dtype || tensor.shape.join() !== shape.join() || !tensor.data.every(Number.isFinite)) {
      throw new ModelFilesError(LINEAR_WEIGHTS_FILE, `expected a tensor ${name} with finite numbers, ${expected}`);
    }
    return Array.from(tensor.data);
  };
  const frequencies = numbers("frequencies", "int32", [facts.ngrams.length]);
  if (frequencies.some((count) => count < 1)) {
    throw new ModelFilesError(LINEAR_WEIGHTS_FILE, "expected frequencies of at least 1");
  }
  const weights = numbers("weights", "float32", shapeOf(facts, numClasses));
  return { learned: { ...facts, frequencies, weights }, shares };
}

function readTensors(bytes: Uint8Array): ReadonlyMap<string, TensorData> {
  try {
    return decodeSafetensors(bytes, LINEAR_WEIGHTS_FILE).tensors;
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new ModelFilesError(LINEAR_WEIGHTS_FILE, error.message, { cause: error });
  }
}
