/** `pnpm bench`: runs the suites beside the peers that it finds, prints their tables and writes them to docs/benchmarks.md. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { pageHead, pageSection } from "./page.ts";
import { findAll } from "./peers.ts";
import type { Suite } from "./suite.ts";
import { inference } from "./suites/inference.ts";
import { layers } from "./suites/layers.ts";
import { memory } from "./suites/memory.ts";
import { matrixProducts } from "./suites/products.ts";
import { slopes } from "./suites/slopes.ts";
import { startup } from "./suites/startup.ts";
import { steps } from "./suites/steps.ts";
import { tfjsSteps } from "./suites/tfjs.ts";

const suites: readonly Suite[] = [steps, tfjsSteps, layers, matrixProducts, inference, startup, memory, slopes];
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
  .option("--python <path>", "a Python that has PyTorch", "python3")
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
const found = findAll(options.backends.split(","), options.python);
if (found.own.backends.length === 0) program.error(`bench: no backend of ours runs:\n${found.missing.join("\n")}`);
const head = pageHead(found, ["pnpm bench", ...given].join(" "), new Date());
console.log(head);
const sections = suites
  .filter(({ name }) => wanted.includes(name))
  .map((suite) => {
    const start = performance.now();
    const section = pageSection(suite, suite.run({ ...options, found }));
    console.log(section);
    console.error(`bench: ${suite.name} took ${((performance.now() - start) / 1000).toFixed(0)} s`);
    return section;
  });
const target = resolve(process.env.INIT_CWD ?? ".", options.out);
writeFileSync(target, [head, ...sections].join("\n"));
console.log(`written to ${target}`);
