/** What `cellstate onnx` does: opens the model, describes it, or feeds it the ids of texts. */
import type { OnnxModel, OnnxPort } from "@cellstate/onnx";
import { type Answers, answersOf, encodeImported, importedConfig } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { inputFile } from "../../command-line/input-file.ts";
import { inputTexts } from "../../command-line/inputs.ts";
import { openOnnxFile } from "../../command-line/open-onnx-file.ts";
import { UsageError } from "../../errors.ts";
import { print, printJson, printResults } from "../../terminal/print.ts";
import { outputSection } from "../import/outputs.ts";
import type { OnnxOptions } from "../onnx.ts";
import { feedsOf, fillingOf, scoresOf } from "./feeds.ts";
import { outputFacts } from "./output-facts.ts";
import { areProbabilities } from "./scores.ts";

export async function runOnnx(file: string, texts: readonly string[], options: OnnxOptions): Promise<void> {
  const { tokenizer } = options;
  if (tokenizer === undefined && (texts.length > 0 || options.input !== undefined)) {
    throw new UsageError("texts become ids by a tokenizer; name its file with --tokenizer");
  }
  const session = await createSession();
  try {
    const { model } = await openOnnxFile(file, session);
    if (tokenizer === undefined) describe(file, model, options.json === true);
    else await classify(model, { ...options, tokenizer, texts });
  } finally {
    await session.dispose();
  }
}

function describe(file: string, { producer, inputs, outputs, metadata }: OnnxModel, asJson: boolean): void {
  if (asJson) {
    printJson({ file, producer, inputs, outputs, metadata: Object.fromEntries(metadata) });
    return;
  }
  const port = ({ name, type, shape = ["..."] }: OnnxPort) => `  ${name}: ${type} [${shape.join(", ")}]`;
  const lines = [
    `${file}${producer === "" ? "" : `: written by ${producer}`}`,
    ...["reads", ...inputs.map(port)],
    ...["gives", ...outputs.map(port)],
    ...[...metadata].map(([key, value]) => `${key}: ${value}`),
  ];
  print(`${lines.join("\n")}\n`);
}

type ClassifyOptions = Omit<OnnxOptions, "tokenizer"> & {
  readonly tokenizer: string;
  readonly texts: readonly string[];
};

/** One JSON line for each text, like those of `cellstate predict`. */
async function classify(model: OnnxModel, options: ClassifyOptions): Promise<void> {
  const tokenizer = await readTokenizer(await inputFile(options.tokenizer, { option: "--tokenizer", orFolder: true }));
  const filling = fillingOf(model, tokenizer, options);
  const read = inputTexts({ texts: options.texts, input: options.input, column: "text" });
  let answers: Answers | undefined;
  let index = 0;
  for await (const text of read) {
    const ids = encodeImported(tokenizer, text, filling);
    const values = scoresOf(model, await model.run(feedsOf(model, ids, filling)));
    answers ??= answersOf(importedConfig.parse({ output: outputSection(factsOf(values)) }));
    printResults(`${JSON.stringify(answers.line(values, { index, text, ids, label: undefined }))}\n`);
    index += 1;
  }

  function factsOf(first: readonly number[]) {
    const { labels, outputs: kind, scores } = options;
    // Logarithms of probabilities are scores like others: a softmax gives the probabilities.
    const given = scores === "auto" ? undefined : scores === "logProbs" ? "logits" : scores;
    const found = { outputs: first.length, areProbabilities: areProbabilities(first) };
    return outputFacts(model, found, { kind, labels, scores: given });
  }
}
