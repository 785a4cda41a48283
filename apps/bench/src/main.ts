/** `pnpm bench`: runs the suites beside the peers that it finds, prints their tables and writes them to docs/benchmarks.md. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { pageSection, updatePage } from "./page.ts";
import { type Found, findEngines } from "./peers.ts";
import type { Suite } from "./suite.ts";
import { fits } from "./suites/fit.ts";
import { inference } from "./suites/inference.ts";
import { layers } from "./suites/layers.ts";
import { memory } from "./suites/memory.ts";
import { matrixProducts } from "./suites/products.ts";
import { slopes } from "./suites/slopes.ts";
import { startup } from "./suites/startup.ts";
import { steps } from "./suites/steps.ts";
import { tfjsSteps } from "./suites/tfjs.ts";
import { tokenizerFiles } from "./suites/tokenizer-files.ts";
import { tokenizerLimits } from "./suites/tokenizer-limits.ts";
import { tokenizerTraining } from "./suites/tokenizer-training.ts";
import { tokenizers } from "./suites/tokenizers.ts";
import { findTokenizers } from "./tokenizer-peers.ts";

const suites: readonly Suite[] = [
  steps,
  tfjsSteps,
  fits,
  layers,
  matrixProducts,
  inference,
  startup,
  memory,
  slopes,
  tokenizers,
  tokenizerTraining,
  tokenizerLimits,
  tokenizerFiles,
];
const names = suites.map(({ name }) => name);
const page = fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url));

const program = new Command("bench")
  .description("measures Cellstate beside the peers that it finds")
  .option("--suites <names>", "which ones, with commas", names.join(","))
  .option("--threads <n>", "threads of every library", toCount, 2)
  .option("--rounds <n>", "rounds in which contenders take turns", toCount, 2)
  .option("--seconds <n>", "seconds of each timing", toSeconds, 0.5)
  .option("--limit <n>", "seconds after which one process is given up", toSeconds, 60)
  .option("--backends <names>", "our backends, with commas, the fastest first", "native,wasm")
  .option("--python <path>", "a Python that has PyTorch or tokenizers", "python3")
  .option("--out <file>", "the page to write", page)
  .parse();
const options = program.opts<{
  suites: string;
  threads: number;
  rounds: number;
  seconds: number;
  limit: number;
  backends: string;
  python: string;
  out: string;
}>();

/** @throws {InvalidArgumentError} unless it is an integer of at least 1 */
function toCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("expected an integer >= 1");
  return value;
}

/** @throws {InvalidArgumentError} unless it is a number above 0 */
function toSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("expected a number above 0");
  return value;
}

const wanted = options.suites.split(",");
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) program.error(`bench: expected suites among ${names.join(", ")}, got ${unknown}`);

// Paths are of this machine only.
const given = process.argv.slice(2).filter((argument) => !argument.includes("/") && !/^--(python|out)$/.test(argument));
const command = ["pnpm bench", ...given].join(" ");
const chosen = suites.filter(({ name }) => wanted.includes(name));
const found: Partial<Record<Suite["peers"], Found>> = {};
const sections = new Map<string, string>();
for (const suite of chosen) {
  found[suite.peers] ??= find(suite.peers);
  const peers = found[suite.peers]!;
  const start = performance.now();
  const tables = suite.run({ ...options, found: peers });
  const section = pageSection(suite, tables, { found: peers, command, date: new Date() });
  console.log(section);
  console.error(`bench: ${suite.name} took ${((performance.now() - start) / 1000).toFixed(0)} s`);
  sections.set(suite.title, section);
}
const target = resolve(process.env.INIT_CWD ?? ".", options.out);
writeFileSync(target, updatePage(existsSync(target) ? readFileSync(target, "utf8") : "", suites, sections));
console.log(`written to ${target}`);

function find(peers: Suite["peers"]): Found {
  if (peers === "tokenizers") return findTokenizers(options.python);
  const engines = findEngines(options.backends.split(","), options.python);
  if (engines.own.backends.length === 0) {
    program.error(`bench: no backend of ours runs:\n${engines.missing.join("\n")}`);
  }
  return engines;
}
