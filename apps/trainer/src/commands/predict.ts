/** `cellstate predict`: inputs in, one JSON line each out, as soon as they come. */
import type { PredictionLine, Task } from "@cellstate/tasks";
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument } from "../command-line/command.ts";
import { colouredOutput, standardOutput, writeAll } from "../command-line/output.ts";
import { checkOutputOption, writeOutputOption } from "../command-line/output-option.ts";
import { pluginOption } from "../command-line/plugin-option.ts";

/** Texts above which more threads pay. */
const MANY_TEXTS = 64;

export const predict: DefineCommand = ({ tasks }) =>
  new Command("predict")
    .description("predict texts: arguments, else --input, else standard input line by line")
    .addArgument(modelArgument())
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv, .conll, .conllu with the run's columns")
    .option("--pretokenized", "words stand with white space between them, for models that read words")
    .option("--output <file.jsonl>", "write the lines here instead of standard output")
    .option("--json", "print one JSON document: the list of all lines")
    .addOption(pluginOption())
    .addHelpText("after", example('cellstate predict runs/my-run "a fine film"'))
    .action(async (run, texts, { input, pretokenized, output, json, plugin }) => {
      if (output !== undefined) await checkOutputOption(output);
      const { inputRecords } = await import("../command-line/inputs.ts");
      const { findModel, threadsFor, withModel } = await import("../command-line/with-model.ts");
      const found = await findModel(run, tasks, {}, plugin);
      await withModel(found, { threads: threadsFor(texts, MANY_TEXTS) }, async ({ model }) => {
        const lines = model.predict(inputRecords(found, { texts, input, pretokenized }));
        const { marked } = found.task;
        if (marked !== undefined && process.stdout.isTTY === true && json !== true && output === undefined) {
          await writeAll(asMarkedTexts(lines, marked), colouredOutput);
          return;
        }
        const pieces = json === true ? asList(lines) : asLines(lines);
        if (output === undefined) await writeAll(pieces, standardOutput);
        else await writeOutputOption(output, (sink) => writeAll(pieces, sink));
      });
    });

async function* asLines(lines: AsyncIterable<PredictionLine>): AsyncGenerator<string, void, undefined> {
  const { formatLine } = await import("../run/predictions.ts");
  for await (const line of lines) yield formatLine(line);
}

/** On a terminal, texts with what was found in them marked. */
async function* asMarkedTexts(
  lines: AsyncIterable<PredictionLine>,
  marked: NonNullable<Task["marked"]>,
): AsyncGenerator<string, void, undefined> {
  const { Marker } = await import("../terminal/marked.ts");
  const marker = new Marker();
  for await (const line of lines) yield `${marker.mark(marked(line))}\n`;
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
