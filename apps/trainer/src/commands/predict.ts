/** `cellstate predict`: inputs in, one JSON line each out, as soon as they come. */
import { writeAside } from "@cellstate/files";
import type { PredictionLine, Task } from "@cellstate/tasks";
import { fromCaller } from "../paths.ts";
import { formatLine } from "../run/predictions.ts";
import { inputRecords } from "./inputs.ts";
import { print } from "./output.ts";
import { findModel, threadsFor, withModel } from "./with-model.ts";

export interface PredictOptions {
  readonly input?: string;
  readonly output?: string;
  readonly json?: boolean;
}

/** Texts above which more threads pay. */
const MANY_TEXTS = 64;

export async function predictCommand(
  run: string,
  texts: readonly string[],
  options: PredictOptions,
  tasks: readonly Task[] | undefined,
): Promise<void> {
  const found = findModel(run, tasks);
  await withModel(found, threadsFor(texts, MANY_TEXTS), async ({ model }) => {
    const lines = model.predict(inputRecords(found, { texts, input: options.input }));
    const pieces = options.json === true ? asList(lines) : asLines(lines);
    const { output } = options;
    if (output === undefined) for await (const piece of pieces) await print(piece);
    else {
      await writeAside(fromCaller(output), async (file) => {
        for await (const piece of pieces) await file.write(piece);
      });
    }
  });
}

async function* asLines(lines: AsyncIterable<PredictionLine>): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) yield formatLine(line);
}

/** One JSON document: the list of all lines, indented. */
async function* asList(lines: AsyncIterable<PredictionLine>): AsyncGenerator<string, void, undefined> {
  let separator = "[\n";
  for await (const line of lines) {
    yield `${separator}${JSON.stringify(line, null, 2).replace(/^/gm, "  ")}`;
    separator = ",\n";
  }
  yield "\n]\n";
}
