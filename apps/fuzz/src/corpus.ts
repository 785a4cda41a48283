/** Findings as files: one folder for each target, small files whose names say what they showed. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding } from "./outcome.ts";
import type { Target } from "./target.ts";

export const corpusFolder = fileURLToPath(new URL("../corpus", import.meta.url));

interface CorpusFile {
  readonly path: string;
  readonly input: Uint8Array;
}

/** @internal What the corpus holds of a target, sorted by name; tests replay it. */
export function corpusOf(target: string, folder = corpusFolder): CorpusFile[] {
  let names: string[];
  try {
    names = readdirSync(join(folder, target)).sort();
  } catch {
    return [];
  }
  return names.map((name) => {
    const path = join(folder, target, name);
    return { path, input: new Uint8Array(readFileSync(path)) };
  });
}

/** Saves a finding's input and returns the file's path. */
export function saveFinding(target: Target, { kind }: Finding, input: Uint8Array, folder = corpusFolder): string {
  const hash = createHash("sha256").update(input).digest("hex").slice(0, 8);
  mkdirSync(join(folder, target.name), { recursive: true });
  const path = join(folder, target.name, `${kind}-${hash}.${target.extension}`);
  writeFileSync(path, input);
  return path;
}
