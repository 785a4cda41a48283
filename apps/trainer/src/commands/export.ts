/** `cellstate export`: a saved model as a file that other runtimes open. */
import { Command, Option } from "@commander-js/extra-typings";
import { type DefineCommand, example, modelArgument, type OptionsOf } from "../command-line/command.ts";
import { withPackage } from "../command-line/optional-package.ts";
import { pluginOption } from "../command-line/plugin-option.ts";

export type ExportOptions = OptionsOf<typeof declareExport>;

export const exportCommand: DefineCommand = ({ tasks }) =>
  declareExport().action(async (run, options) => {
    const { exportModel } = await withPackage("@cellstate/onnx", () => import("./export/export-model.ts"));
    await exportModel(run, options, tasks);
  });

function declareExport() {
  return new Command("export")
    .description("write a model for other runtimes: its network with dynamic batch and length, and its labels")
    .addArgument(modelArgument())
    .addOption(new Option("--format <name>", "what to write").choices(["onnx"] as const).default("onnx" as const))
    .requiredOption(
      "--output <file.onnx>",
      "where to write it; a translator becomes two files, <file>.encoder.onnx and <file>.decoder.onnx",
    )
    .option("--json", "print one JSON document instead of text")
    .addOption(pluginOption())
    .addHelpText("after", example("cellstate export runs/my-run --format onnx --output model.onnx"));
}
