/** What `cellstate onnx` does: opens the model, describes it, or feeds it the ids of texts. */
import type { OnnxModel, OnnxPort } from "@cellstate/onnx";
import { encodeText } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { inputFile } from "../../command-line/input-file.ts";
import { inputTexts } from "../../command-line/inputs.ts";
import { openOnnxFile } from "../../command-line/open-onnx-file.ts";
import { UsageError } from "../../errors.ts";
import { print, printJson, printResults } from "../../terminal/print.ts";
import type { OnnxOptions } from "../onnx.ts";
import { feedsOf, fillingOf, scoresOf } from "./feeds.ts";
import { kindOfScores, probabilitiesOf, type ScoreKind } from "./scores.ts";

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
  const filling = fillingOf(model, options);
  const read = inputTexts({ texts: options.texts, input: options.input, column: "text" });
  let kind: ScoreKind | undefined = options.scores === "auto" ? undefined : options.scores;
  let index = 0;
  for await (const text of read) {
    const results = await model.run(feedsOf(model, encodeText(tokenizer, text).ids, filling));
    const values = scoresOf(model, results);
    kind ??= kindOfScores(values);
    const probs = probabilitiesOf(values, kind);
    const labels = labelsOf(options.labels, model, probs.length);
    const best = probs.indexOf(Math.max(...probs));
    const named = Object.fromEntries(probs.map((prob, label) => [labels[label]!, prob]));
    printResults(`${JSON.stringify({ index, text, prediction: labels[best]!, probs: named })}\n`);
    index += 1;
  }
}

function labelsOf(given: string | undefined, { metadata }: OnnxModel, count: number): readonly string[] {
  const known = metadata.get("cellstate.labels");
  const labels =
    given?.split(",").map((label) => label.trim()) ?? (known === undefined ? undefined : JSON.parse(known));
  if (labels === undefined) return Array.from({ length: count }, (_, label) => String(label));
  if (labels.length !== count) {
    throw new UsageError(`--labels: expected ${count} names, as the model has classes, got ${labels.length}`);
  }
  return labels;
}
