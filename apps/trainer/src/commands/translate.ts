/** `cellstate translate`: texts in, text out, one a line, as soon as they come. */
import type { PredictionLine } from "@cellstate/tasks";
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument } from "../command-line/command.ts";
import { beamSize } from "../command-line/option-values.ts";
import { standardOutput, writeAll } from "../command-line/output.ts";
import { pluginOption } from "../command-line/plugin-option.ts";
import { UsageError } from "../errors.ts";

/** Texts above which more threads pay. */
const MANY_TEXTS = 8;

export const translate: DefineCommand = ({ tasks }) =>
  new Command("translate")
    .description("translate texts: arguments, else --input, else standard input line by line")
    .addArgument(modelArgument())
    .argument("[text...]", "texts")
    .option("--input <file>", ".txt one text a line; .jsonl, .csv, .tsv with the run's source column")
    .option("--beam <n>", "hypotheses kept in the search; 1 is greedy. Default: the config's", beamSize)
    .addOption(pluginOption())
    .addHelpText("after", example('cellstate translate runs/my-run --beam 4 "May 9, 2024"'))
    .action(async (run, texts, { input, beam, plugin }) => {
      const { inputRecords } = await import("../command-line/inputs.ts");
      const { findModel, threadsFor, withModel } = await import("../command-line/with-model.ts");
      let found = await findModel(run, tasks, {}, plugin);
      if (!found.task.writesText) {
        throw new UsageError(
          `${run} is a model for ${found.task.name}, which does not translate; use: cellstate predict ${run}`,
        );
      }
      if (beam !== undefined) {
        const { isPlainMap } = await import("@cellstate/files");
        const { search } = found.config;
        found = await findModel(
          run,
          tasks,
          { search: { ...(isPlainMap(search) ? search : {}), beamSize: beam } },
          plugin,
        );
      }
      await withModel(found, { threads: threadsFor(texts, MANY_TEXTS) }, async ({ model }) => {
        await writeAll(asTexts(model.predict(inputRecords(found, { texts, input }))), standardOutput);
      });
    });

async function* asTexts(lines: AsyncIterable<PredictionLine>): AsyncGenerator<string, void, undefined> {
  for await (const { prediction } of lines) yield `${oneLine(String(prediction))}\n`;
}

/** Line N of the output belongs to text N, so a translation stays on its line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
