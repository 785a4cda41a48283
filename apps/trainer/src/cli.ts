/** Runs one command line: finds the command, checks its arguments and options, and does what it says. */
import type { Task } from "@cellstate/tasks";
import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { type CommandContext, example } from "./command-line/command.ts";
import { commands } from "./commands.ts";
import { print, printMessage } from "./terminal/print.ts";
import { CELLSTATE_VERSION } from "./version.ts";

export interface CliOptions {
  /** The tasks that configs can name, such as `[...tasks, mine]`. Default: those of `@cellstate/tasks`. */
  readonly tasks?: readonly Task[] | undefined;
}

/**
 * Runs one command line.
 *
 * @param args  without the program's name
 * @returns the exit code of the contract
 * @throws {Error} that `reportError` turns into a message and an exit code
 */
export async function runCli(args: readonly string[], { tasks }: CliOptions = {}): Promise<number> {
  try {
    await buildProgram({ tasks }).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed what is wrong, or the help that was asked for.
    return error.exitCode === 0 ? 0 : 2;
  }
}

/**
 * The program with all its commands.
 *
 * @internal
 */
export function buildProgram(context: CommandContext): CommandUnknownOpts {
  const program = new Command("cellstate")
    .description("Train LSTM models on your own text: one YAML file in, one run folder out.")
    .version(CELLSTATE_VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: print,
      writeErr: printMessage,
      outputError: (text, write) => write(text.replace(/^error: /, "cellstate: ")),
    })
    .addHelpText("after", example("cellstate train --config sentiment.yaml"));
  for (const define of commands) {
    const command = define(context);
    program.addCommand(command);
    inheritSettings(command, program);
  }
  return program;
}

/** Faults of a command's arguments come back as errors too, as those of the program do. */
function inheritSettings(command: CommandUnknownOpts, parent: CommandUnknownOpts): void {
  command.copyInheritedSettings(parent).showHelpAfterError(`(cellstate ${pathOf(command)} --help shows what is valid)`);
  for (const inner of command.commands) inheritSettings(inner, command);
}

/** The words between `cellstate` and the arguments, such as `runs show`. */
function pathOf(command: CommandUnknownOpts): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}
