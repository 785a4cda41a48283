/** `cellstate predict`: inputs in, one JSON line each out, as soon as they come. */
import type { AttributionKind, Explanation, PredictionLine, Task } from "@cellstate/tasks";
import { Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument } from "../command-line/command.ts";
import { colouredOutput, standardOutput, writeAll } from "../command-line/output.ts";
import { checkOutputOption, writeOutputOption } from "../command-line/output-option.ts";
import { pluginOption } from "../command-line/plugin-option.ts";
import { UsageError } from "../errors.ts";

/** As `@cellstate/tasks` has them, which is loaded when the command runs. */
const KINDS = ["occlusion", "integrated-gradients"] as const satisfies readonly AttributionKind[];

/** Texts above which more threads pay. */
const MANY_TEXTS = 64;

export const predict: DefineCommand = ({ tasks }) =>
  new Command("predict")
    .description("predict texts: arguments, else --input, else standard input line by line")
    .addArgument(modelArgument())
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv, .conll, .conllu with the run's columns")
    .option("--pretokenized", "words stand with white space between them, for models that read words")
    .option("--explain", "mark the words that speak for the answer and against it; in JSON, as attribution")
    .addOption(
      new Option(
        "--attribution <kind>",
        "how --explain finds what a word counts: what the answer loses without it, or gradients by its vectors",
      )
        .choices(KINDS)
        .default("occlusion" as const),
    )
    .option("--output <file.jsonl>", "write the lines here instead of standard output")
    .option("--json", "print one JSON document: the list of all lines")
    .addOption(pluginOption())
    .addHelpText("after", example('cellstate predict runs/my-run "a fine film"'))
    .action(async (run, texts, { input, pretokenized, explain, attribution, output, json, plugin }) => {
      if (output !== undefined) await checkOutputOption(output);
      const { inputRecords } = await import("../command-line/inputs.ts");
      const { findModel, threadsFor, withModel } = await import("../command-line/with-model.ts");
      const found = await findModel(run, tasks, {}, plugin);
      await withModel(found, { threads: threadsFor(texts, MANY_TEXTS) }, async ({ model }) => {
        const isForPeople = process.stdout.isTTY === true && json !== true && output === undefined;
        const records = inputRecords(found, { texts, input, pretokenized });
        if (explain === true && model.explain === undefined) {
          throw new UsageError(
            `--explain: ${model.explainFault ?? `a model of the task ${found.task.name} does not say what its answers hang on`}`,
          );
        }
        const explained = explain === true ? model.explain!(records, { kind: attribution }) : undefined;
        if (explained !== undefined && isForPeople) {
          await writeAll(asExplainedTexts(explained), colouredOutput);
          return;
        }
        const lines = explained === undefined ? model.predict(records) : withAttributions(explained);
        const { marked } = found.task;
        if (marked !== undefined && isForPeople) {
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

/** The lines with what each answer hangs on. */
async function* withAttributions(
  explained: AsyncIterable<Explanation>,
): AsyncGenerator<PredictionLine, void, undefined> {
  for await (const { line, attribution } of explained) yield { ...line, attribution };
}

/** On a terminal, texts whose words are marked by how much they count. */
async function* asExplainedTexts(explained: AsyncIterable<Explanation>): AsyncGenerator<string, void, undefined> {
  const { explainedText, legend } = await import("../terminal/explained.ts");
  yield `${legend()}\n`;
  for await (const { line, attribution } of explained) yield `${explainedText(line.text, attribution)}\n`;
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
