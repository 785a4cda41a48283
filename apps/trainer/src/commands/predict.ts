/** `cellstate predict`: inputs in, one JSON line each out, as soon as they come. */
import { statSync } from "node:fs";
import type { PredictionLine } from "@cellstate/tasks";
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument } from "../command-line/command.ts";
import { standardOutput, writeAll } from "../command-line/output.ts";
import { UsageError } from "../errors.ts";
import { fromCaller } from "../paths.ts";

/** Texts above which more threads pay. */
const MANY_TEXTS = 64;

export const predict: DefineCommand = ({ tasks }) =>
  new Command("predict")
    .description("predict texts: arguments, else --input, else standard input line by line")
    .addArgument(modelArgument())
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv with the run's columns")
    .option("--output <file.jsonl>", "write the lines here instead of standard output")
    .option("--json", "print one JSON document: the list of all lines")
    .addHelpText("after", example('cellstate predict runs/my-run "a fine film"'))
    .action(async (run, texts, { input, output, json }) => {
      if (output !== undefined) refuseFolder(output);
      const { inputRecords } = await import("../command-line/inputs.ts");
      const { findModel, threadsFor, withModel } = await import("../command-line/with-model.ts");
      const found = await findModel(run, tasks);
      await withModel(found, threadsFor(texts, MANY_TEXTS), async ({ model }) => {
        const lines = model.predict(inputRecords(found, { texts, input }));
        const pieces = json === true ? asList(lines) : asLines(lines);
        if (output === undefined) await writeAll(pieces, standardOutput);
        else await writeTo(fromCaller(output), pieces);
      });
    });

/** Said before the first text is predicted, not after the last. */
function refuseFolder(output: string): void {
  if (statSync(fromCaller(output), { throwIfNoEntry: false })?.isDirectory() !== true) return;
  throw new UsageError(`--output ${output}: is a folder; give the name of a file in it`);
}

async function* asLines(lines: AsyncIterable<PredictionLine>): AsyncGenerator<string, void, undefined> {
  const { formatLine } = await import("../run/predictions.ts");
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

async function writeTo(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const { writeAside } = await import("@cellstate/files");
  await writeAside(path, (file) => writeAll(pieces, (piece) => file.write(piece)));
}
