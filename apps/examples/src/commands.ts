/** The command lines that a page shows, and what is wrong with them: unknown scripts, commands and options. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isOutput } from "./example.ts";
import type { Page } from "./page.ts";
import { packageOf, root, scriptsOf } from "./workspace.ts";

/** A command of `pnpm` or `cellstate`, cut into words. */
export interface ShownCommand {
  readonly words: readonly string[];
  /** Line of the page, from 1. */
  readonly line: number;
}

/** The help text of `cellstate <path...> --help`. */
export type HelpOf = (path: readonly string[]) => Promise<string>;

const shells = new Set(["", "sh", "bash", "shell", "console"]);
const builtIn = new Set(["install"]);

/** The commands in a page's blocks and in its text; options in the same line of text belong to the command before them. */
export function commandsOf({ blocks, inline }: Page): ShownCommand[] {
  const commands: { words: string[]; line: number }[] = [];
  for (const [index, block] of blocks.entries()) {
    if (!shells.has(block.language) || isOutput(blocks, index)) continue;
    const typed = block.lines.some((text) => text.startsWith("$ "));
    for (const [offset, text] of block.lines.entries()) {
      if (typed && !text.startsWith("$ ")) continue;
      for (const part of text.replace(/^\$ /, "").split("&&")) {
        const words = commandWords(part);
        if (words !== undefined) commands.push({ words, line: block.line + offset });
      }
    }
  }
  for (const { code, line } of inline) {
    const words = commandWords(code);
    const before = commands.at(-1);
    if (words !== undefined) commands.push({ words, line });
    else if (code.startsWith("--") && before?.line === line) before.words.push(...wordsOf(code));
  }
  return commands;
}

/** What is wrong with a command; undefined where nothing is. */
export async function commandFault(command: ShownCommand, page: string, helpOf: HelpOf): Promise<string | undefined> {
  const [program, ...rest] = command.words;
  if (program === "cellstate") return cellstateFault(rest, helpOf);

  const [script, ...args] = rest;
  if (script === undefined || builtIn.has(script)) return undefined;
  if (script === "cellstate") return cellstateFault(args, helpOf);
  const folder = packageOf(page);
  const own = scriptsOf(folder)[script];
  const line = own ?? scriptsOf("")[script];
  if (line === undefined) return `there is no script ${script} in ${folder === "" ? "" : `${folder} or `}the root`;
  const [first, ...before] = wordsOf(line);
  if (first === "cellstate") return cellstateFault([...before, ...args], helpOf);
  return scriptFault(own === undefined ? "" : folder, line, args);
}

/** Options of other programs are looked for in the text of the program. */
function scriptFault(folder: string, line: string, args: readonly string[]): string | undefined {
  const file = wordsOf(line).find((word) => word.endsWith(".ts"));
  const path = file === undefined ? undefined : join(root, folder, file);
  if (path !== undefined && !existsSync(path)) return `there is no file ${path}`;
  const source = path === undefined ? "" : readFileSync(path, "utf8");
  const unknown = optionsIn(args).find(
    (option) => !new RegExp(`"${option}["\\s]|\\b${option.slice(2)}: \\{`).test(source),
  );
  return unknown === undefined ? undefined : `${file ?? line} has no option ${unknown}`;
}

async function cellstateFault(words: readonly string[], helpOf: HelpOf): Promise<string | undefined> {
  const path: string[] = [];
  for (const word of words) {
    const known = subcommandsIn(await helpOf(path));
    if (known.length === 0 || word.startsWith("-")) break;
    if (!known.includes(word))
      return `${["cellstate", ...path].join(" ")} has no command ${word}, only ${known.join(", ")}`;
    path.push(word);
  }
  const help = await helpOf(path);
  const unknown = optionsIn(words).find((option) => !new RegExp(`(^|[\\s,])${option}\\b`, "m").test(help));
  return unknown === undefined ? undefined : `${["cellstate", ...path].join(" ")} has no option ${unknown}`;
}

/** The names listed under "Commands:" in a help text. */
function subcommandsIn(help: string): string[] {
  const list = help.split("\nCommands:\n")[1] ?? "";
  return [...list.matchAll(/^ {2}(\w[\w-]*)/gm)].map(([, name]) => name!);
}

function optionsIn(words: readonly string[]): string[] {
  return words.filter((word) => word.startsWith("--")).map((word) => word.replace(/=.*/, ""));
}

/** The words of a command line from `pnpm` or `cellstate` on; undefined if it is neither. */
function commandWords(text: string): string[] | undefined {
  const words = wordsOf(text.replace(/(^|\s)#.*/, ""));
  if (words[0] === "npx") words.splice(0, words[1] === "-y" ? 2 : 1);
  if (words[0]?.endsWith("/.bin/cellstate")) words[0] = "cellstate";
  return words[0] === "pnpm" || words[0] === "cellstate" ? words : undefined;
}

function wordsOf(text: string): string[] {
  return text.match(/"[^"]*"|\S+/g) ?? [];
}
