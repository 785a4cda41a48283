/** `cellstate lint`: checks a config, and the data that it names, without training. */
import type { ConfigError } from "@cellstate/files";
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example } from "../command-line/command.ts";
import { collect } from "../command-line/option-values.ts";
import type { DataLint } from "../data-lint/lint-data.ts";
import { callerFolder } from "../paths.ts";
import { print, printJson } from "../terminal/print.ts";

export const lint: DefineCommand = ({ tasks }) =>
  new Command("lint")
    .description("check a config and its data without training: labels, lengths, duplicates, leaks, vocabulary")
    .requiredOption("--config <file|name>", "config file, or the name of one that comes along")
    .option("--set <key.path=value>", "override one value, written as YAML; may be repeated", collect, [])
    .option("--no-data", "check the config alone and read no data")
    .option(
      "--json",
      "print one JSON document: valid, faults with where, path and message, and what was found in the data",
    )
    .addHelpText("after", example("cellstate lint --config sentiment.yaml --set training.epochs=2"))
    .action(async ({ config, set, data: readsData, json }) => {
      const files = await import("@cellstate/files");
      const { findConfig } = await import("../config/find.ts");
      const { loadConfig } = await import("../config/load.ts");
      const { filesOf } = await import("@cellstate/data/config");
      const folder = callerFolder();
      let found: DataLint | undefined;
      try {
        const file = findConfig(config, folder);
        const loaded = await loadConfig({ file, overrides: set, folder, tasks });
        const { name, task, data } = loaded.experiment;
        const valid = `${config} is valid: name ${name}, task ${task}, data ${data.dataset ?? filesOf(data.train).join(", ")}`;
        if (json !== true) print(`${valid}\n`);
        if (readsData) {
          const { lintData } = await import("../data-lint/lint-data.ts");
          found = await lintData(loaded.experiment, loaded.tasks);
        }
      } catch (error) {
        // The faults go to standard error and into the exit code as those of every other command.
        if (json === true && error instanceof files.ConfigError) printJson(asDocument(await faultsOf(error)));
        throw error;
      }
      await report(found, json === true);
    });

/** @throws {DataLintError} if training would refuse the data */
async function report(found: DataLint | undefined, json: boolean): Promise<void> {
  const { DataLintError } = await import("../errors.ts");
  const { describeLint } = await import("../data-lint/describe.ts");
  const faults = found?.findings.filter(({ severity }) => severity === "fault") ?? [];
  if (json) printJson({ ...asDocument([]), ...(found === undefined ? {} : { data: found }) });
  else if (found !== undefined) print(describeLint(found));
  if (faults.length > 0) throw new DataLintError(faults.map(({ message }) => message).join("\n"));
}

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
