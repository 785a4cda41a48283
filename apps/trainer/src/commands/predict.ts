/** `cellstate predict`: texts in, one JSON line each out. */
import { availableParallelism } from "node:os";
import { writeFileAtomic } from "@cellstate/files";
import { fromCaller } from "../paths.ts";
import { formatLines } from "../run/predictions.ts";
import { predictTexts } from "../train/score.ts";
import { readInputs } from "./inputs.ts";
import { findModel, withModel } from "./with-model.ts";

export interface PredictOptions {
  readonly input?: string;
  readonly output?: string;
  readonly json?: boolean;
}

/** Texts above which more threads pay. */
const manyTexts = 64;

export async function predictCommand(run: string, texts: readonly string[], options: PredictOptions): Promise<void> {
  const model = findModel(run);
  const column = model.data.textColumn ?? model.data.sourceColumn ?? "text";
  const inputs = await readInputs({ texts, input: options.input, column });
  const threads = inputs.length > manyTexts ? availableParallelism() : 1;
  const lines = await withModel(model, { threads }, (loaded) => predictTexts(loaded, inputs));
  const text = options.json === true ? `${JSON.stringify(lines, null, 2)}\n` : formatLines(lines);
  if (options.output === undefined) process.stdout.write(text);
  else writeFileAtomic(fromCaller(options.output), text);
}
