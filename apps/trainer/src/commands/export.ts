/** `cellstate export`: a saved model as a file that other runtimes open, or as a page that runs it. */
import { Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument, type OptionsOf } from "../command-line/command.ts";
import { withPackage } from "../command-line/optional-package.ts";
import { pluginOption } from "../command-line/plugin-option.ts";

export type ExportOptions = OptionsOf<typeof declareExport>;

export const exportCommand: DefineCommand = ({ tasks }) =>
  declareExport().action(async (run, options) => {
    if (options.format === "html") {
      const { exportPage } = await import("./export/export-page.ts");
      return await exportPage(run, options, tasks);
    }
    const { exportModel } = await withPackage("@cellstate/onnx", () => import("./export/export-model.ts"));
    await exportModel(run, options, tasks);
  });

function declareExport() {
  return new Command("export")
    .description(
      "write a model for other runtimes: its network with dynamic batch and length, and its labels; or a classifier as a page that runs it",
    )
    .addArgument(modelArgument())
    .addOption(
      new Option(
        "--format <name>",
        "what to write: a file of ONNX, or one page that answers what is typed and marks the words that count",
      )
        .choices(["onnx", "html"] as const)
        .default("onnx" as const),
    )
    .requiredOption(
      "--output <file>",
      "where to write it, such as model.onnx or page.html; a translator becomes two files, <file>.encoder.onnx and <file>.decoder.onnx",
    )
    .option("--json", "print one JSON document instead of text")
    .addOption(pluginOption())
    .addHelpText("after", example("cellstate export runs/my-run --format onnx --output model.onnx"));
}
