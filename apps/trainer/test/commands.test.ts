/** What every command of the list keeps: an example that it takes, and nothing loaded before it runs. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { describe, expect, test } from "vitest";
import { buildProgram } from "../src/cli.ts";
import { cellstate } from "./cellstate.ts";
import { temporaryFolder } from "./folders.ts";

/** The path of every command, such as `runs show`; the program itself is empty. */
function pathsBelow(command: CommandUnknownOpts, path: readonly string[] = []): string[] {
  return [path.join(" "), ...command.commands.flatMap((inner) => pathsBelow(inner, [...path, inner.name()]))];
}

/** The program with actions that only say which command was chosen. */
function programThatTells(chosen: string[]): CommandUnknownOpts {
  const program = buildProgram({ tasks: undefined });
  const tell = (command: CommandUnknownOpts, path: readonly string[]) => {
    for (const inner of command.commands) tell(inner, [...path, inner.name()]);
    if (command.commands.length === 0) command.action(() => void chosen.push(path.join(" ")));
  };
  tell(program, []);
  return program;
}

/** The command line at the end of a help text, in words and without the program. */
function exampleIn(help: string): string[] {
  const [, line = ""] = /\nExample:\n {2}\$ cellstate (.*)\n$/.exec(help) ?? [];
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

describe.each(pathsBelow(buildProgram({ tasks: undefined })))("cellstate %s", (path) => {
  test("ends its help with an example that it takes", async () => {
    let help = "";
    const program = programThatTells([]);
    const write = (text: string) => {
      help += text;
    };
    const command = path.split(" ").reduce((at, name) => at.commands.find((one) => one.name() === name) ?? at, program);
    command.configureOutput({ writeOut: write }).outputHelp();
    const words = exampleIn(help);
    expect(words.join(" ")).toMatch(new RegExp(`^${path}`));

    const chosen: string[] = [];
    await programThatTells(chosen).parseAsync(words, { from: "user" });
    expect(chosen).toEqual([expect.stringMatching(new RegExp(`^${path}`))]);
  });
});

describe("before a command runs", () => {
  // Written into the child: a line on stderr for each module that is loaded.
  const tell = `
    import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { process.stderr.write(url + "\\n"); return next(url, context); } });
  `;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` };
  const loaded = async (args: readonly string[]) => (await cellstate(args, { cwd: temporaryFolder(), env })).stderr;
  // Of the packages `files` alone, a few kilobytes that know what the system refuses.
  const heavy = /\/packages\/(?!files\/)\w|node_modules\/(?:zod|yaml)\//;

  test("no package that takes time is loaded, so that help and faults come at once", async () => {
    expect(await loaded(["--help"])).toMatch(/\/src\/commands\/predict\.ts\n/);
    expect(await loaded(["--help"])).not.toMatch(heavy);
    expect(await loaded(["train", "--help"])).not.toMatch(heavy);
    expect(await loaded(["train", "--sed", "3"])).not.toMatch(heavy);
  });

  test("the command itself does load them", async () => {
    expect(await loaded(["data", "list"])).toMatch(heavy);
  });
});
