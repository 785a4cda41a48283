/** `cellstate translate`: texts in, one translation a line out. */
import { availableParallelism } from "node:os";
import { isPlainMap } from "@cellstate/files";
import { UsageError } from "../errors.ts";
import { predictTexts } from "../train/score.ts";
import { readInputs } from "./inputs.ts";
import { findModel, withModel } from "./with-model.ts";

export interface TranslateOptions {
  readonly input?: string;
  readonly beam?: number;
}

/** Texts above which more threads pay. */
const manyTexts = 8;

export async function translateCommand(
  run: string,
  texts: readonly string[],
  options: TranslateOptions,
): Promise<void> {
  const model = findModel(run);
  if (model.task !== "translation") {
    throw new UsageError(
      `${run} is a model for ${model.task}, which does not translate; use: cellstate predict ${run}`,
    );
  }
  const inputs = await readInputs({ texts, input: options.input, column: model.data.sourceColumn ?? "source" });
  const search = isPlainMap(model.values.search) ? model.values.search : {};
  const changes = options.beam === undefined ? {} : { search: { ...search, beamSize: options.beam } };
  const threads = inputs.length > manyTexts ? availableParallelism() : 1;
  const lines = await withModel(model, { threads, changes }, (loaded) => predictTexts(loaded, inputs));
  process.stdout.write(lines.map((line) => `${oneLine(String(line.prediction))}\n`).join(""));
}

/** Line N of the output belongs to text N, so a translation stays on its line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
