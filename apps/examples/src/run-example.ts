/** Examples as files inside their packages, so that public names resolve as they do for users: run, and type-checked. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Example } from "./example.ts";
import { packageOf, root } from "./workspace.ts";

/** An example and the file that it was written to. */
export interface WrittenExample extends Example {
  /** Path of the page below the root. */
  readonly page: string;
  readonly file: string;
}

/** What a program did. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The pinned Node, which runs TypeScript; the one that runs the tests may be older. */
const node: string = join(
  dirname(createRequire(join(root, "package.json")).resolve("node/package.json")),
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);

/** Writes the examples of a page into a folder of its package that git ignores, in place of those of an earlier run. */
export function writeExamples(page: string, examples: readonly Example[]): WrittenExample[] {
  const owner = packageOf(page) || "apps/examples"; // which has all packages
  const name = relative(packageOf(page), page).replace(/\.md$/, "").replaceAll(/[\\/]/g, "-").toLowerCase();
  const folder = join(root, owner, ".examples", name);
  rmSync(folder, { recursive: true, force: true });
  if (examples.length > 0) mkdirSync(folder, { recursive: true });
  return examples.map((example) => {
    const file = join(folder, `line-${example.line}.ts`);
    writeFileSync(file, example.code);
    return { ...example, page, file };
  });
}

/** Runs an example from the sources of the workspace, at the root or in an empty folder, and after a command, as it asks. */
export async function runExample({ file, atRoot, after }: WrittenExample): Promise<Outcome> {
  const folder = atRoot ? root : mkdtempSync(join(tmpdir(), "cellstate-example-"));
  try {
    if (after !== undefined) {
      const made = await runCommand(after, folder);
      if (made.exitCode !== 0) return made;
    }
    return await runProgram(file, { folder });
  } finally {
    if (!atRoot) rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a `cellstate` command; two epochs are enough to show what follows it. */
async function runCommand(words: readonly string[], folder: string): Promise<Outcome> {
  const program = join(root, "apps/trainer/bin/cellstate.mjs");
  return await run(node, [program, ...words, "--set", "training.epochs=2", "--quiet"], { folder });
}

/** Runs a file from the sources of the workspace in a folder, with a text as its standard input. */
export async function runProgram(file: string, options: RunOptions): Promise<Outcome> {
  return await run(node, ["--conditions=@cellstate/source", "--no-warnings", file], options);
}

/**
 * Checks the types of all examples at once, by the options of the workspace.
 *
 * @returns the compiler's messages by the example's file; line numbers are those of the page
 */
export async function typeCheck(examples: readonly WrittenExample[]): Promise<Map<string, string[]>> {
  const folder = fileURLToPath(new URL("../.examples", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "tsconfig.json");
  const options = {
    extends: join(root, "tsconfig.base.json"),
    // an example may show a value without using it
    compilerOptions: { noUnusedLocals: false },
    files: examples.map(({ file }) => file),
  };
  writeFileSync(config, JSON.stringify(options));
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { exitCode, stdout, stderr } = await run(node, [compiler, "--pretty", "false", "-p", config], { folder: root });

  const faults = new Map<string, string[]>(examples.map(({ file }) => [file, []]));
  const others: string[] = [];
  for (const line of stdout.split("\n").filter((text) => /\berror TS\d+/.test(text))) {
    const example = examples.find(({ file }) => line.startsWith(`${shownPath(file)}(`));
    (example === undefined ? others : faults.get(example.file)!).push(line);
  }
  if (others.length > 0 || (exitCode !== 0 && stdout === "")) {
    throw new Error(`the compiler failed outside the examples:\n${others.join("\n")}${stderr}`);
  }
  return faults;
}

/** A file as the compiler names it. */
function shownPath(file: string): string {
  return relative(root, file).replaceAll("\\", "/");
}

interface RunOptions {
  readonly folder: string;
  /** Standard input. Default: nothing. */
  readonly input?: string;
}

function run(command: string, args: readonly string[], { folder, input = "" }: RunOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.stdin.on("error", () => {}); // a program may end before it has read all
    child.stdin.end(input);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
