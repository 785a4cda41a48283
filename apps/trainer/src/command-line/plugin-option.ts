/** The option `--plugin` of commands that open a saved model, which may be without the run that knows its plugins. */
import { existsSync } from "node:fs";
import type { Task } from "@cellstate/tasks";
import { Option } from "@commander-js/extra-typings";
import { UsageError } from "../errors.ts";
import { callerFolder, fromCaller } from "../paths.ts";
import { collect } from "./option-values.ts";

export function pluginOption() {
  return new Option(
    "--plugin <file|package>",
    "plugin that the model was trained with, where it is not beside its run any more; may be repeated",
  )
    .argParser(collect)
    .default([] as readonly string[]);
}

/**
 * The tasks that there are with the plugins of the command line.
 *
 * @throws {UsageError} if one of them cannot be used
 */
export async function tasksWithOption(plugins: readonly string[], known: readonly Task[]): Promise<readonly Task[]> {
  const { loadPlugins } = await import("../plugins/load-plugins.ts");
  const folder = callerFolder();
  const requests = plugins.map((given) => ({
    name: existsSync(fromCaller(given)) ? fromCaller(given) : given,
    folder,
    refuse(message: string): never {
      throw new UsageError(`--plugin ${given}: ${message}`);
    },
  }));
  return (await loadPlugins(requests, known, folder)).tasks;
}
