/** `cellstate lint`: checks a config without running anything. */
import type { ConfigError } from "@cellstate/files";
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example } from "../command-line/command.ts";
import { collect } from "../command-line/option-values.ts";
import { callerFolder } from "../paths.ts";
import { print, printJson } from "../terminal/print.ts";

export const lint: DefineCommand = ({ tasks }) =>
  new Command("lint")
    .description("check a config without running anything")
    .requiredOption("--config <file|name>", "config file, or the name of one that comes along")
    .option("--set <key.path=value>", "override one value, written as YAML; may be repeated", collect, [])
    .option("--json", "print one JSON document: valid, and faults with where, path and message")
    .addHelpText("after", example("cellstate lint --config sentiment.yaml --set training.epochs=2"))
    .action(async ({ config, set, json }) => {
      const files = await import("@cellstate/files");
      const { findConfig } = await import("../config/find.ts");
      const { loadConfig } = await import("../config/load.ts");
      const { filesOf } = await import("@cellstate/data/config");
      const folder = callerFolder();
      try {
        const file = findConfig(config, folder);
        const { name, task, data } = (await loadConfig({ file, overrides: set, folder, tasks })).experiment;
        const valid = `${config} is valid: name ${name}, task ${task}, data ${data.dataset ?? filesOf(data.train).join(", ")}`;
        if (json === true) printJson(asDocument([]));
        else print(`${valid}\n`);
      } catch (error) {
        // The faults go to standard error and into the exit code as those of every other command.
        if (json === true && error instanceof files.ConfigError) printJson(asDocument(await faultsOf(error)));
        throw error;
      }
    });

interface Fault {
  /** A place in a file, such as `sentiment.yaml:12:3`, or how else the value was given, such as `--set seed=-1`. */
  readonly where: string;
  /** Key path, such as `training.batchSize`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

async function faultsOf({ issues }: ConfigError): Promise<Fault[]> {
  const { formatOrigin } = await import("@cellstate/files/yaml");
  return issues.map(({ where, path, message }) => ({ where: formatOrigin(where), path, message }));
}

function asDocument(faults: readonly Fault[]) {
  return { valid: faults.length === 0, faults };
}
