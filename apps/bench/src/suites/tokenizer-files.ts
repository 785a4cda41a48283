/** Loading and encoding with tokenizer.json files of others, beside Hugging Face's library, and what of it is too slow. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { interleave, type Outcome } from "../runner.ts";
import { type Bench, contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { formatNumber, formatRatio, none, type Table } from "../table.ts";

/** How many times as fast as Hugging Face's library ours shall be. */
const AIMS = { load: 1, first: 3, later: 6 } as const;
type Part = keyof typeof AIMS;
const PARTS = Object.keys(AIMS) as Part[];

export const tokenizerFiles: Suite = {
  name: "tokenizer-files",
  peers: "tokenizers",
  title: "Tokenizers of others",
  about:
    "Files of the folder that `CELLSTATE_TOKENIZERS` names: ms to load in a new process, and MB/s of a first and a later pass over " +
    "source code of this repository, one line a call, on one thread, ours and Hugging Face's (Python), with the ratio in brackets. What misses " +
    "its aim (loading as fast, a first pass 3 times and a later one 6 times as fast) is listed below.",
  run: (bench) => {
    const folder = process.env.CELLSTATE_TOKENIZERS;
    if (folder === undefined) return [];
    const scratch = mkdtempSync(join(tmpdir(), "cellstate-bench-"));
    try {
      return [filesTable(bench, jsonFiles(folder), writeCode(scratch))];
    } finally {
      rmSync(scratch, { recursive: true });
    }
  },
};

function jsonFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => join(folder, name));
}

interface Texts {
  readonly path: string;
  readonly bytes: number;
}

/** The lines of all sources of the packages, as JSON. */
function writeCode(folder: string): Texts {
  const packages = fileURLToPath(new URL("../../../../packages/", import.meta.url));
  const sources = readdirSync(packages, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.(ts|c|h)$/.test(name) && !/node_modules|dist/.test(name),
  );
  const lines = sources.sort().flatMap((name) => readFileSync(join(packages, name), "utf8").split("\n"));
  const path = join(folder, "code.json");
  writeFileSync(path, JSON.stringify(lines));
  return { path, bytes: Buffer.byteLength(lines.join("\n")) };
}

function filesTable(bench: Bench, files: readonly string[], texts: Texts): Table {
  const runners = bench.found.tokenizers.filter(({ can }) => can("file", "byte-level BPE"));
  const notes: string[] = [];
  const rows = files.map((file) => {
    const name = basename(file, ".json");
    const contenders = contendersOf(runners, { task: "file", tokenizer: file, texts: texts.path });
    const outcomes = interleave(contenders, bench);
    notes.push(...problemsOf(contenders, outcomes, name));
    notes.push(...PARTS.flatMap((part) => missOf(name, part, outcomes)));
    return [name, ...PARTS.map((part) => comparedCell(part, outcomes, texts.bytes))];
  });
  return { header: ["file", "load, ms", "first pass, MB/s", "later pass, MB/s"], rows, notes };
}

function comparedCell(part: Part, [ours, theirs]: readonly Outcome[], bytes: number): string {
  const [own, other] = [numberOf(ours, part), numberOf(theirs, part)];
  const shown = (ms: number | undefined) =>
    ms === undefined ? none : formatNumber(part === "load" ? ms : bytes / 1000 / ms);
  return `${shown(own)} / ${shown(other)}${own === undefined || other === undefined ? "" : ` (${formatRatio(other, own)})`}`;
}

/** A line where ours is not as many times as fast as it shall be. */
function missOf(name: string, part: Part, [ours, theirs]: readonly Outcome[]): string[] {
  const [own, other] = [numberOf(ours, part), numberOf(theirs, part)];
  if (own === undefined || other === undefined || other / own >= AIMS[part]) return [];
  return [`${name}: ${part} is ${(other / own).toFixed(2)} times as fast, short of ${AIMS[part]}.`];
}
