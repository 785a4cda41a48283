/** What `cellstate import` does with an ONNX file: a network of texts, whole, with its tokenizer and labels, as a model folder. */
import { basename } from "node:path";
import type { OnnxModel } from "@cellstate/onnx";
import { importedOnnxConfig, openModel, saveImportedOnnx } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";
import type { Tokenizer } from "@cellstate/tokenizers";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { inputFile } from "../../command-line/input-file.ts";
import { openOnnxFile } from "../../command-line/open-onnx-file.ts";
import { openableTasks } from "../../command-line/openable-tasks.ts";
import { UsageError } from "../../errors.ts";
import { renderImportedCard } from "../../model-card/imported-card.ts";
import { MODEL_CARD_FILE } from "../../model-card/model-card.ts";
import { asCaller, fromCaller } from "../../paths.ts";
import { addToModelFolder, writeModelFolder } from "../../run/model-folder.ts";
import { print, printJson } from "../../terminal/print.ts";
import type { ImportOptions } from "../import.ts";
import { type Filling, feedsOf, fillingOf, outputOf, scoresOf, textPortsOf } from "../onnx/feeds.ts";
import { outputFacts } from "../onnx/output-facts.ts";
import { areProbabilities } from "../onnx/scores.ts";
import { requireFree } from "./free-folder.ts";
import { describeOutput, type OutputFacts, outputSection } from "./outputs.ts";
import { describeAdded } from "./special-tokens.ts";

const OF_KERAS = ["nextWord", "architecture", "weights", "probe"] as const;

export async function importOnnx(file: string, options: ImportOptions): Promise<void> {
  const folder = fromCaller(options.output);
  requireFree(folder, options.output);
  const given = OF_KERAS.find((option) => options[option] !== undefined);
  if (given !== undefined) {
    const flag = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${flag}: is for networks of Keras, and ${file} is an ONNX file`);
  }
  if (options.tokenizer === undefined) {
    throw new UsageError(`${file}: the network reads ids; give --tokenizer, the file that turned texts into them`);
  }
  const session = await createSession();
  try {
    const { model, bytes: network } = await openOnnxFile(file, session);
    const tokenizer = await readTokenizer(
      await inputFile(options.tokenizer, { option: "--tokenizer", orFolder: true }),
    );
    const ports = textPortsOf(model);
    const [, fixed] = ports.ids.shape ?? [];
    const filling = fillingOf(model, tokenizer, {
      maxLength: typeof fixed === "number" ? fixed : undefined,
      ...options,
    });
    const output = outputSection(await tryOut(model, tokenizer, filling, file));
    const name = options.name ?? basename(file).replace(/\.onnx$/, "");
    const source = { file: basename(file), framework: model.producer === "" ? "ONNX" : `ONNX by ${model.producer}` };
    const config = importedOnnxConfig.parse({
      input: { ...filling },
      output,
      ports: {
        ids: ports.ids.name,
        ...(ports.lengths && { lengths: ports.lengths.name }),
        ...(ports.mask && { mask: ports.mask.name }),
        output: outputOf(model).name,
      },
      source,
    });
    const files = await saveImportedOnnx({ name, network, tokenizer, config });
    await openModel(files, session, { tasks: openableTasks() }); // what is written opens
    writeModelFolder(folder, files);
    const length = filling.maxLength === undefined ? "as many ids as it has tokens" : `${filling.maxLength} ids`;
    const facts = [
      `each text: ${length}, filled ${filling.padding === "pre" ? "before" : "behind"} its tokens`,
      ...describeAdded(tokenizer, filling.addSpecialTokens),
      describeOutput(output),
    ];
    await addToModelFolder(folder, files, MODEL_CARD_FILE, renderImportedCard({ name, ...source, facts }));
    if (options.json === true) {
      printJson({ file, ...config, vocabSize: tokenizer.vocabSize, model: asCaller(folder) });
      return;
    }
    const lines = [
      `${file}: a network in ONNX${model.producer === "" ? "" : `, written by ${model.producer}`}`,
      ...facts,
      `wrote ${asCaller(folder)}; try: cellstate predict ${asCaller(folder)} "..."`,
    ];
    print(`${lines.join("\n")}\n`);
  } finally {
    await session.dispose();
  }

  /** What the outputs are, by the last operator, by what the file says of itself, and by a few rows of ids, the largest among them. */
  async function tryOut(
    model: OnnxModel,
    { vocabSize }: Tokenizer,
    filling: Filling,
    path: string,
  ): Promise<OutputFacts> {
    const length = filling.maxLength ?? 6;
    const rows = Array.from({ length: 8 }, (_, row) =>
      Array.from({ length }, (_unused, at) => (row === 0 ? vocabSize - 1 : (7 * row + 3 * at) % vocabSize)),
    );
    let outputs = 0;
    let allAre = true;
    for (const ids of rows) {
      const values = scoresOf(model, await runOn(model, ids, filling, path));
      outputs = values.length;
      allAre &&= areProbabilities(values);
    }
    const { labels, scores, outputs: kind } = options;
    return outputFacts(model, { outputs, areProbabilities: allAre }, { kind, labels, scores });
  }
}

/** @throws {UsageError} if the network does not take such ids */
async function runOn(model: OnnxModel, ids: readonly number[], filling: Filling, file: string) {
  try {
    return await model.run(feedsOf(model, ids, filling));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "OnnxNodeError") throw error;
    throw new UsageError(
      `${file}: it does not take rows of ${ids.length} ids up to ${Math.max(...ids)} of this tokenizer: ${error.message}`,
      { cause: error },
    );
  }
}
