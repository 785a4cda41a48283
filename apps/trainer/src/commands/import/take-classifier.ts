/** A network from ids of texts to scores of classes, with its tokenizer and labels. */
import { importedConfig, saveImported } from "@cellstate/tasks";
import { type Tokenizer, textVectorizationTokenizer } from "@cellstate/tokenizers";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { inputFile } from "../../command-line/input-file.ts";
import { UsageError } from "../../errors.ts";
import type { ImportOptions } from "../import.ts";
import type { OpenedNetwork, Taken } from "./import-model.ts";
import { type ClassifierShape, classifierShape } from "./network-shape.ts";

const SIDES = { pre: "start", post: "end" } as const;

export async function takeClassifier(network: OpenedNetwork, options: ImportOptions): Promise<Taken> {
  const { file, name, model, text, source } = network;
  const tokenizer = await tokenizerOf(options.tokenizer, network);
  const side = text === undefined ? "pre" : "post";
  const { padding = side, truncating = side } = options;
  const shape = classifierShape(model, file);
  const labels = options.nextWord === true ? wordsOf(tokenizer, shape) : labelsOf(options.labels, shape);
  const maxLength = lengthOf(options.maxLength, shape);
  requireIds(tokenizer, shape, options.tokenizer ?? file);
  const config = importedConfig.parse({
    input: { ...(maxLength && { maxLength }), padding, truncating },
    output: { labels, scores: shape.scores },
    source,
  });
  const length =
    maxLength === undefined
      ? "as many ids as it has tokens"
      : `${maxLength} ids, filled at its ${SIDES[padding]} and cut at its ${SIDES[truncating]}`;
  const count = (value: number) => value.toLocaleString("en-US");
  return {
    files: await saveImported({ name, network: model, tokenizer, config }),
    lines: [
      `each text: ${length}; ids up to ${count(tokenizer.vocabSize - 1)} of ${count(shape.vocabSize)}`,
      options.nextWord === true
        ? `labels: ${count(labels.length)} words of the tokenizer`
        : `labels: ${labels.join(", ")}`,
      ...(shape.scores === "logits"
        ? ["its last layer has no sigmoid or softmax: outputs are taken as scores before one"]
        : []),
    ],
    facts: { vocabSize: tokenizer.vocabSize, labels, maxLength: maxLength ?? null, scores: shape.scores },
  };
}

/** The given one, or the TextVectorization that the network began with. */
async function tokenizerOf(given: string | undefined, { text, file }: OpenedNetwork): Promise<Tokenizer> {
  if (given !== undefined)
    return await readTokenizer(await inputFile(given, { option: "--tokenizer", orFolder: true }));
  if (text !== undefined) return textVectorizationTokenizer(text);
  throw new UsageError(`${file}: the network reads ids; give --tokenizer, the file that turned texts into them`);
}

/** The tokenizer's words by their ids; an id without a word is called by its number. */
function wordsOf(tokenizer: Tokenizer, { outputs }: ClassifierShape): readonly string[] {
  return Array.from({ length: outputs }, (_, id) => tokenizer.idToToken(id) ?? `<${id}>`);
}

/** @throws {UsageError} unless there is a name for each class, and none is given twice */
export function labelsOf(given: string | undefined, { outputs }: Pick<ClassifierShape, "outputs">): readonly string[] {
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
