/** `cellstate explain`: the resolved config, and where each of its values is from. */
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example } from "../command-line/command.ts";
import { collect, seedNumber } from "../command-line/option-values.ts";
import { callerFolder } from "../paths.ts";
import { print, printJson } from "../terminal/print.ts";

export const explain: DefineCommand = ({ tasks }) =>
  new Command("explain")
    .description("show a config as it is in the end, with the source of each value: file and line, option, default")
    .requiredOption("--config <file|name>", "config file, or the name of one that comes along")
    .option("--set <key.path=value>", "override one value, written as YAML; may be repeated", collect, [])
    .option("--seed <n>", "seed of initialisation, shuffling and dropout", seedNumber)
    .option("--schema", "print the JSON Schema for editors instead, with the plugins of the config in it")
    .option("--json", "print one JSON document: files, config, and values with path, value and source")
    .addHelpText("after", example("cellstate explain --config sentiment.yaml --set training.epochs=2"))
    .action(async ({ config, set, seed, schema, json }) => {
      const { findConfig } = await import("../config/find.ts");
      const { loadConfig, loadTasks } = await import("../config/load.ts");
      const { explanationAsJson, explanationAsYaml } = await import("../config/explain.ts");
      const folder = callerFolder();
      const file = findConfig(config, folder);
      if (schema === true) {
        const { experimentJsonSchema } = await import("../config/json-schema.ts");
        printJson(experimentJsonSchema(await loadTasks({ file, folder, tasks })));
        return;
      }
      const loaded = await loadConfig({ file, overrides: set, seed, folder, tasks });
      if (json === true) printJson(explanationAsJson(loaded));
      else print(explanationAsYaml(loaded));
    });
