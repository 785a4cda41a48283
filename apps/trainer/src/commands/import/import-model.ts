/** What `cellstate import` does: opens the network and its tokenizer, settles how they fit together, and writes a model folder. */
import { readdirSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { ImportedKeras } from "@cellstate/interchange";
import { importKerasFile } from "@cellstate/interchange/node";
import { importedConfig, openModel, saveImported } from "@cellstate/tasks";
import { createSession, type Session } from "@cellstate/tensor";
import { type Tokenizer, textVectorizationTokenizer } from "@cellstate/tokenizers";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { UsageError } from "../../errors.ts";
import { asCaller, fromCaller } from "../../paths.ts";
import { writeModelFolder } from "../../run/model-folder.ts";
import { print, printJson } from "../../terminal/print.ts";
import type { ImportOptions } from "../import.ts";
import { describeImport } from "./describe-import.ts";
import { type ClassifierShape, classifierShape } from "./network-shape.ts";

/** What was taken over. */
export interface Import {
  readonly file: string;
  readonly imported: ImportedKeras;
  readonly shape: ClassifierShape;
  readonly tokenizer: Tokenizer;
  readonly labels: readonly string[];
  /** Ids of each text; undefined where texts keep their own number. */
  readonly maxLength: number | undefined;
  readonly padding: "pre" | "post";
  readonly truncating: "pre" | "post";
  readonly folder: string;
}

export async function importModel(file: string, options: ImportOptions): Promise<void> {
  const folder = fromCaller(options.output);
  requireFree(folder, options.output);
  const session = await createSession();
  try {
    const result = await takeOver(file, folder, options, session);
    if (options.json === true) printJson(asJson(result));
    else print(describeImport(result));
  } finally {
    await session.dispose();
  }
}

async function takeOver(file: string, folder: string, options: ImportOptions, session: Session): Promise<Import> {
  const imported = await importKerasFile(fromCaller(file), {
    session,
    architecture: options.architecture && fromCaller(options.architecture),
    weights: options.weights && fromCaller(options.weights),
  });
  const tokenizer = await tokenizerOf(options.tokenizer, imported, file);
  const {
    padding = imported.text === undefined ? "pre" : "post",
    truncating = imported.text === undefined ? "pre" : "post",
  } = options;
  const shape = classifierShape(imported.model, file);
  const labels = labelsOf(options.labels, shape);
  const maxLength = lengthOf(options.maxLength, shape);
  requireIds(tokenizer, shape, options.tokenizer ?? file);
  const config = importedConfig.parse({
    input: { ...(maxLength && { maxLength }), padding, truncating },
    output: { labels, scores: shape.scores },
    source: { file: basename(file), framework: `Keras ${imported.kerasVersion}` },
  });
  const name = options.name ?? basename(file).replace(/(\.weights)?\.\w+$/, "");
  const files = await saveImported({ name, network: imported.model, tokenizer, config });
  await openModel(files, session); // what is written opens
  writeModelFolder(folder, files);
  return { file, imported, shape, tokenizer, labels, maxLength, padding, truncating, folder };
}

/** The given one, or the TextVectorization that the network began with. */
async function tokenizerOf(given: string | undefined, { text }: ImportedKeras, file: string): Promise<Tokenizer> {
  if (given !== undefined) return await readTokenizer(fromCaller(given));
  if (text !== undefined) return textVectorizationTokenizer(text);
  throw new UsageError(`${file}: the network reads ids; give --tokenizer, the file that turned texts into them`);
}

/** @throws {UsageError} unless nothing is there */
function requireFree(folder: string, given: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined || (found.isDirectory() && readdirSync(folder).length === 0)) return;
  const what = found.isDirectory() ? "the folder is not empty" : "a file of this name exists";
  throw new UsageError(`--output ${given}: ${what}; choose another name`);
}

function labelsOf(given: string | undefined, { outputs }: ClassifierShape): readonly string[] {
  const classes = outputs === 1 ? 2 : outputs;
  if (given === undefined) return Array.from({ length: classes }, (_, number) => String(number));
  const labels = given.split(",").map((label) => label.trim());
  if (labels.length !== classes) {
    const why = outputs === 1 ? "one output, which tells two classes apart" : `${outputs} outputs`;
    throw new UsageError(
      `--labels: expected ${classes} names, since the network has ${why}; got ${labels.length}: ${labels.join(", ")}`,
    );
  }
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new UsageError(`--labels: ${JSON.stringify(twice)} is given twice`);
  return labels;
}

function lengthOf(given: number | undefined, { seqLen }: ClassifierShape): number | undefined {
  if (seqLen !== null && given !== undefined && given !== seqLen) {
    throw new UsageError(
      `--max-length ${given}: the network was made for texts of ${seqLen} ids; leave the option out`,
    );
  }
  return given ?? seqLen ?? undefined;
}

/** @throws {UsageError} if the tokenizer gives ids that the network has no vectors for */
function requireIds({ vocabSize }: Tokenizer, { vocabSize: rows }: ClassifierShape, file: string): void {
  if (vocabSize <= rows) return;
  throw new UsageError(
    `--tokenizer ${file}: it gives ids up to ${vocabSize - 1}, and the network's embedding has ${rows} rows; ` +
      "use the tokenizer that the network was trained with, or give its config the num_words of then",
  );
}

function asJson({ file, imported, shape, tokenizer, labels, maxLength, folder }: Import) {
  return {
    file,
    kerasVersion: imported.kerasVersion,
    layers: imported.model.layers.map(({ name, className }) => ({ name, class: className })),
    weights: imported.model.getWeights().reduce((sum, { data }) => sum + data.length, 0),
    vocabSize: tokenizer.vocabSize,
    labels,
    maxLength: maxLength ?? null,
    scores: shape.scores,
    model: asCaller(folder),
  };
}
