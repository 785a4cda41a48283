/** The programs in `programs/`: where each is, and what it says that it prints. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import glob from "fast-glob";
import { root } from "./workspace.ts";

/** A program that runs by itself in Node. */
interface Program {
  readonly name: string;
  readonly file: string;
  /** What the comment at its end says that it prints; `...` stands for anything. */
  readonly prints: string;
}

/** All programs by name. @throws {Error} if one does not end with a comment that says what it prints */
export function listPrograms(): Map<string, Program> {
  const files = glob.sync("apps/examples/programs/*.ts", { cwd: root }).sort();
  return new Map(files.map((path) => [basename(path, ".ts"), readProgram(join(root, path))]));
}

function readProgram(file: string): Program {
  const prints = /\n\/\* prints[^\n]*:\n([\s\S]*)\*\/\n$/.exec(readFileSync(file, "utf8"))?.[1];
  if (prints === undefined) throw new Error(`${file} must end with a comment that says what it prints`);
  return { name: basename(file, ".ts"), file, prints };
}
