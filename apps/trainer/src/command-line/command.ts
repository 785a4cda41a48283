/** What a command is, and the parts that all commands share. */
import type { Task } from "@cellstate/tasks";
import { Argument, type CommandUnknownOpts } from "@commander-js/extra-typings";

/** What one run of the command line gives to every command. */
export interface CommandContext {
  /** The tasks that configs and saved models can name. Default: those of `@cellstate/tasks`. */
  readonly tasks: readonly Task[] | undefined;
}

/**
 * A command, whole: name, description, arguments, options, an example and the action.
 *
 * The command line makes every command before it knows which one to run, so an action imports its work (`await import(...)`)
 * when it runs, and the file of a command imports nothing at its top that takes time to load.
 */
export type DefineCommand = (context: CommandContext) => CommandUnknownOpts;

/** The values of the options that a command declares. */
export type OptionsOf<Declare extends () => { opts(): unknown }> = ReturnType<ReturnType<Declare>["opts"]>;

/** How `--help` ends: a command line that works. For `addHelpText("after", ...)`. */
export function example(commandLine: string): string {
  return `\nExample:\n  $ ${commandLine}`;
}

/** The argument `<run>` of commands that use a saved model. */
export function modelArgument() {
  return new Argument("<run>", "run folder, or a copy of its model folder");
}
