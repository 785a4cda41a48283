/** `cellstate generate`: writes on from a prompt, piece by piece as it is drawn. */
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument } from "../command-line/command.ts";
import { backendOption, threadsOption } from "../command-line/compute-options.ts";
import { positiveCount, seedNumber, shareOfAll, temperature } from "../command-line/option-values.ts";
import { standardOutput, writeAll } from "../command-line/output.ts";
import { pluginOption } from "../command-line/plugin-option.ts";
import { UsageError } from "../errors.ts";
import { printJson } from "../terminal/print.ts";

export const generate: DefineCommand = ({ tasks }) =>
  new Command("generate")
    .description("write on from a prompt with a language model; the same seed writes the same text everywhere")
    .addArgument(modelArgument())
    .argument("[prompt]", "text to write on from. Default: the start of a text", "")
    .option(
      "--length <n>",
      "tokens at most: characters, words or parts of words, as the model has them",
      positiveCount,
      500,
    )
    .option("--temperature <t>", "below 1 likely tokens become likelier; 0 takes the likeliest", temperature, 1)
    .option("--top-k <k>", "draw from so many of the likeliest tokens. Default: all", positiveCount)
    .option(
      "--top-p <p>",
      "draw from the likeliest tokens that have this share of the probability. Default: 1",
      shareOfAll,
    )
    .option("--seed <n>", "seed of the draws", seedNumber, 0)
    .addOption(backendOption())
    .addOption(threadsOption("1"))
    .option("--json", "print one JSON document: prompt, text and seed")
    .addOption(pluginOption())
    .addHelpText("after", example('cellstate generate runs/my-run "Once upon a time" --length 300 --temperature 0.8'))
    .action(async (run, prompt, { json, plugin, backend, threads = 1, ...options }) => {
      const { findModel, withModel } = await import("../command-line/with-model.ts");
      const found = await findModel(run, tasks, {}, plugin);
      await withModel(found, { backend, threads }, async ({ model }) => {
        if (model.generate === undefined) {
          throw new UsageError(
            `${run} is a model for ${found.task.name}, which does not write texts; use: cellstate predict ${run}`,
          );
        }
        const pieces = model.generate(prompt, options);
        if (json === true) {
          const text = (await Array.fromAsync(pieces)).join("");
          printJson({ prompt, text, seed: options.seed });
        } else await writeAll(printed(prompt, pieces), standardOutput);
      });
    });

/** What is read is one text: the prompt, what follows it, and a line end. */
async function* printed(prompt: string, pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let isPrompted = false;
  for await (const piece of pieces) {
    yield isPrompted ? piece : prompt + piece;
    isPrompted = true;
  }
  yield isPrompted ? "\n" : `${prompt}\n`;
}
