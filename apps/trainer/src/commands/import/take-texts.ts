/** A network from ids of texts to classes, labels or numbers, with its tokenizer. */
import { importedConfig, saveImported } from "@cellstate/tasks";
import { type Tokenizer, textVectorizationTokenizer } from "@cellstate/tokenizers";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { inputFile } from "../../command-line/input-file.ts";
import { UsageError } from "../../errors.ts";
import type { ImportOptions } from "../import.ts";
import type { OpenedNetwork, Taken } from "./import-model.ts";
import { type TextNetworkShape, textNetworkShape } from "./network-shape.ts";
import { describeOutput, outputSection } from "./outputs.ts";
import { addedTokens, describeAdded, padIdOf } from "./special-tokens.ts";

const SIDES = { pre: "start", post: "end" } as const;

export async function takeTexts(network: OpenedNetwork, options: ImportOptions): Promise<Taken> {
  const { file, name, model, text, loss, source } = network;
  const tokenizer = await tokenizerOf(options.tokenizer, network);
  const side = text === undefined ? "pre" : "post";
  const { padding = side, truncating = side } = options;
  const shape = textNetworkShape(model, file);
  const { outputs: kind, labels, scores, nextWord } = options;
  const section = outputSection({ ...shape, loss, labels, scores, kind: nextWord === true ? "classes" : kind });
  const output = nextWord === true ? { ...section, labels: wordsOf(tokenizer, shape) } : section;
  const addSpecialTokens = options.specialTokens !== "none" && addedTokens(tokenizer).length > 0;
  const maxLength = lengthOf(options.maxLength, shape);
  requireIds(tokenizer, shape, options.tokenizer ?? file);
  const config = importedConfig.parse({
    input: { ...(maxLength && { maxLength }), padding, truncating, padId: padIdOf(tokenizer), addSpecialTokens },
    output,
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
      ...describeAdded(tokenizer, addSpecialTokens),
      options.nextWord === true
        ? `labels: ${count(output.labels.length)} words of the tokenizer`
        : describeOutput(output),
    ],
    facts: { vocabSize: tokenizer.vocabSize, ...output, maxLength: maxLength ?? null },
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
function wordsOf(tokenizer: Tokenizer, { outputs }: TextNetworkShape): string[] {
  return Array.from({ length: outputs }, (_, id) => tokenizer.idToToken(id) ?? `<${id}>`);
}

function lengthOf(given: number | undefined, { seqLen }: TextNetworkShape): number | undefined {
  if (seqLen !== null && given !== undefined && given !== seqLen) {
    throw new UsageError(
      `--max-length ${given}: the network was made for texts of ${seqLen} ids; leave the option out`,
    );
  }
  return given ?? seqLen ?? undefined;
}

/** @throws {UsageError} if the tokenizer gives ids that the network has no vectors for */
function requireIds({ vocabSize }: Tokenizer, { vocabSize: rows }: TextNetworkShape, file: string): void {
  if (vocabSize <= rows) return;
  throw new UsageError(
    `--tokenizer ${file}: it gives ids up to ${vocabSize - 1}, and the network's embedding has ${rows} rows; ` +
      "use the tokenizer that the network was trained with, or give its config the num_words of then",
  );
}
