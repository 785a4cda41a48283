/** The runnable examples of a page: which blocks make one program, where it runs, and what it prints. */
import type { Block } from "./page.ts";

/** One program that a page shows. */
export interface Example {
  /** Line of the page where its code begins, from 1. */
  readonly line: number;
  /** Its code, each line under the number that it has in the page. */
  readonly code: string;
  /** Whether it runs at the root of the repository; in an empty folder otherwise. */
  readonly atRoot: boolean;
  /** The words of the training command that it says to come after, without `cellstate`. */
  readonly after?: readonly string[];
  /** What it prints; `...` stands for anything. */
  readonly prints: string;
}

/** First line of a block that goes on where the block of code before it ends. */
const CONTINUED = "// continued";

const languages = new Set(["ts", "js", "typescript", "javascript"]);

/** Whether a block is code to run. */
function isCode(block: Block): boolean {
  return languages.has(block.language);
}

/**
 * The examples of a page in their order.
 *
 * @throws {Error} if the first block of code is marked as going on
 */
export function examplesOf(blocks: readonly Block[]): Example[] {
  const programs: { parts: Block[]; output: Block | undefined }[] = [];
  for (const [index, block] of blocks.entries()) {
    if (!isCode(block)) continue;
    const output = outputAfter(blocks, index);
    if (block.lines[0]?.trim() !== CONTINUED) {
      programs.push({ parts: [block], output });
      continue;
    }
    const before = programs.at(-1);
    if (before === undefined) throw new Error(`line ${block.line}: "${CONTINUED}", but no code stands before`);
    before.parts.push(block);
    before.output = output ?? before.output;
  }
  return programs.map(({ parts, output }) => ({
    line: parts[0]!.line,
    code: inPlace(parts),
    atRoot: [...parts, ...(output ? [output] : [])].some(({ introduction }) =>
      /\bat the root of the\s+repository\b/.test(introduction),
    ),
    ...commandBefore(parts[0]!),
    prints: output === undefined ? parts.flatMap(({ lines }) => commentedOutput(lines)).join("\n") : textOf(output),
  }));
}

/** Whether the block at `index` is what the code before it prints: no language, and no heading between. */
export function isOutput(blocks: readonly Block[], index: number): boolean {
  const block = blocks[index]!;
  const before = blocks[index - 1];
  return block.language === "" && !block.opensSection && before !== undefined && isCode(before);
}

/** Whether `printed` is what `expected` says; `...` in `expected` is anything, and white space is not compared. */
export function printsAsSaid(printed: string, expected: string): boolean {
  const pattern = squeeze(expected)
    .split("...")
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join(".*?");
  return new RegExp(`^${pattern}$`).test(squeeze(printed));
}

/** The command that a first line such as `// after: cellstate train --config a.yaml` names. */
function commandBefore({ lines }: Block): Pick<Example, "after"> {
  const after = /^\/\/ after: cellstate (train .+)$/.exec(lines[0] ?? "")?.[1];
  return after === undefined ? {} : { after: after.split(" ") };
}

function outputAfter(blocks: readonly Block[], index: number): Block | undefined {
  return index + 1 < blocks.length && isOutput(blocks, index + 1) ? blocks[index + 1] : undefined;
}

function inPlace(parts: readonly Block[]): string {
  const lines: string[] = [];
  for (const part of parts) {
    while (lines.length < part.line - 1) lines.push("");
    lines.push(...part.lines);
  }
  return `${lines.join("\n")}\n`;
}

/** The comments that stand behind or right under a `console.log(...);`. */
function commentedOutput(lines: readonly string[]): string[] {
  const output: string[] = [];
  let state: "code" | "logging" | "logged" = "code";
  for (const line of lines) {
    const comment = /^\s*\/\/ ?(.*)$/.exec(line);
    if (state === "logged" && comment !== null) {
      output.push(comment[1]!);
      continue;
    }
    if (state !== "logging") state = /^\s*console\.log\(/.test(line) ? "logging" : "code";
    const end: RegExpExecArray | null = state === "logging" ? /\);(?:\s*\/\/ ?(.*))?$/.exec(line) : null;
    if (end === null) continue;
    state = end[1] === undefined ? "logged" : "code";
    if (end[1] !== undefined) output.push(end[1]);
  }
  return output;
}

function textOf(block: Block): string {
  return block.lines.join("\n");
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
