/** What `cellstate onnx` does: opens the model, describes it, or feeds it the ids of texts. */
import type { OnnxFeed, OnnxModel, OnnxPort, OnnxTensor } from "@cellstate/onnx";
import { encodeText } from "@cellstate/tasks";
import { createSession } from "@cellstate/tensor";
import { readTokenizer } from "@cellstate/tokenizers/node";
import { inputFile } from "../../command-line/input-file.ts";
import { inputTexts } from "../../command-line/inputs.ts";
import { openOnnxFile } from "../../command-line/open-onnx-file.ts";
import { UsageError } from "../../errors.ts";
import { print, printJson, printResults } from "../../terminal/print.ts";
import type { OnnxOptions } from "../onnx.ts";
import { kindOfScores, probabilitiesOf, type ScoreKind } from "./scores.ts";

export async function runOnnx(file: string, texts: readonly string[], options: OnnxOptions): Promise<void> {
  const { tokenizer } = options;
  if (tokenizer === undefined && (texts.length > 0 || options.input !== undefined)) {
    throw new UsageError("texts become ids by a tokenizer; name its file with --tokenizer");
  }
  const session = await createSession();
  try {
    const model = await openOnnxFile(file, session);
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

/** How texts of other lengths become rows. */
interface Filling {
  readonly maxLength: number | undefined;
  readonly padding: string;
  readonly truncating: string;
  readonly padId: number;
}

/** As the options say, else as a model that Cellstate wrote says. */
function fillingOf({ metadata }: OnnxModel, options: ClassifyOptions): Filling {
  const said = (key: string) => metadata.get(`cellstate.${key}`);
  const number = (key: string) => (said(key) === undefined ? undefined : Number(said(key)));
  return {
    maxLength: options.maxLength ?? number("maxLength"),
    padding: options.padding ?? said("padding") ?? "post",
    truncating: options.truncating ?? said("truncating") ?? "post",
    padId: number("padId") ?? 0,
  };
}

/** @throws {UsageError} if the model reads something that no text gives */
function feedsOf({ inputs }: OnnxModel, ids: readonly number[], options: Filling): Record<string, OnnxFeed> {
  const idPort = inputs.find(({ shape }) => shape === undefined || shape.length === 2);
  if (idPort === undefined) {
    throw new UsageError(
      "the model reads no ids, [batch, time]; open it in a program, with openOnnx of @cellstate/onnx",
    );
  }
  const { row, realCount } = fill(ids, idPort, options);
  const firstReal = options.padding === "pre" ? row.length - realCount : 0;
  const entries = inputs.map((port): [string, OnnxFeed] => {
    if (port === idPort) return [port.name, { shape: [1, row.length], data: row }];
    if (port.shape?.length === 1 && /len/i.test(port.name)) return [port.name, { shape: [1], data: [realCount] }];
    if (port.shape?.length === 2 && /mask/i.test(port.name)) {
      const mask = row.map((_, at) => Number(at >= firstReal && at < firstReal + realCount));
      return [port.name, { shape: [1, row.length], data: mask }];
    }
    throw new UsageError(
      `the model reads ${port.name} beside the ids, which is neither lengths nor a mask; open it in a program, with openOnnx of @cellstate/onnx`,
    );
  });
  return Object.fromEntries(entries);
}

/** A row as long as the option or the model says; never an empty one. */
function fill(ids: readonly number[], { shape }: OnnxPort, options: Filling) {
  const fixed = typeof shape?.[1] === "number" ? shape[1] : undefined;
  const length = options.maxLength ?? fixed ?? Math.max(1, ids.length);
  const kept = options.truncating === "pre" ? ids.slice(Math.max(0, ids.length - length)) : ids.slice(0, length);
  const filling = new Array<number>(length - kept.length).fill(options.padId);
  return { row: options.padding === "pre" ? [...filling, ...kept] : [...kept, ...filling], realCount: kept.length };
}

/** The elements of the output `probabilities`, or else of the first one. */
function scoresOf({ outputs }: OnnxModel, results: Readonly<Record<string, OnnxTensor>>): number[] {
  const name = outputs.find((port) => port.name === "probabilities")?.name ?? outputs[0]!.name;
  const { shape, data } = results[name]!;
  if (shape.slice(0, -1).some((extent) => extent !== 1) || typeof data[0] === "string") {
    throw new UsageError(
      `the output ${name} has shape [${shape.join(", ")}], and a classifier's one score for each class`,
    );
  }
  return Array.from(data as ArrayLike<number>);
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
