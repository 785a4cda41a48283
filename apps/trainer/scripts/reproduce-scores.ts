/**
 * Trains the shipped configs over several seeds and writes their rows in docs/scores.md: means, baselines, time, date.
 *
 *   pnpm reproduce-scores [config ...]     default: all of them, about an hour and a half
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunResult, scoresBeside } from "../src/run/result.ts";

const bin = fileURLToPath(new URL("../bin/cellstate.mjs", import.meta.url));
const table = new URL("../../../docs/scores.md", import.meta.url);

interface Measured {
  readonly seeds: readonly number[];
  readonly metric: "accuracy" | "exactMatch" | "bleu" | "f1" | "loss";
}

const threeSeeds = [1, 2, 3];
const measured: Readonly<Record<string, Measured>> = {
  sentiment: { seeds: threeSeeds, metric: "accuracy" },
  "sentiment-zh": { seeds: threeSeeds, metric: "accuracy" },
  "sentiment-sst2": { seeds: threeSeeds, metric: "accuracy" },
  classification: { seeds: threeSeeds, metric: "accuracy" },
  "classification-trec6": { seeds: threeSeeds, metric: "accuracy" },
  dates: { seeds: threeSeeds, metric: "exactMatch" },
  arithmetic: { seeds: threeSeeds, metric: "exactMatch" },
  tagging: { seeds: threeSeeds, metric: "f1" },
  "language-model": { seeds: [7], metric: "loss" },
  "translation-multi30k-en-de": { seeds: [1], metric: "bleu" },
};

function trainOnce(config: string, seed: number, folder: string): RunResult {
  const out = join(folder, `${config}-${seed}`);
  const args = ["train", "--config", config, "--seed", `${seed}`, "--out", out, "--quiet", "--json"];
  const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${config}, seed ${seed}: ${stderr}`);
  return JSON.parse(readFileSync(join(out, "result.json"), "utf8")) as RunResult;
}

/** The scores of one split, as they stand in `result.json`. */
type Scores = Readonly<Record<string, unknown>> | undefined;

function meanOf(scores: readonly Scores[], metric: string): string {
  const values = scores.map((score) => score?.[metric]).filter((value) => typeof value === "number");
  if (values.length < scores.length) return "-";
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (metric === "loss") return mean.toFixed(4); // nats a token
  return metric === "bleu" ? mean.toFixed(2) : `${(100 * mean).toFixed(1)} %`;
}

/** The rows of one config, a row for each split. */
function rows(config: string, { seeds, metric }: Measured, results: readonly RunResult[]): string[] {
  const seconds = results.reduce((sum, result) => sum + result.trainSeconds, 0) / results.length;
  const date = new Date().toISOString().slice(0, 10);
  return Object.keys(results[0]!.metrics).map((split) => {
    const model = meanOf(
      results.map((result) => result.metrics[split]),
      metric,
    );
    const besideEach = results.map((result) => new Map(scoresBeside(result)));
    const beside = [...besideEach[0]!.keys()].map((title) => {
      const scores = besideEach.map((ofRun) => ofRun.get(title)?.[split]);
      return `${title} ${meanOf(scores, metric)}`;
    });
    const cells = [
      config,
      split,
      metric,
      model,
      beside.join(", "),
      seeds.join(", "),
      results[0]!.backend,
      `${seconds.toFixed(0)} s`,
      date,
    ];
    return `| ${cells.join(" | ")} |`;
  });
}

/** Rows that the table has already. */
function writtenRows(config: string): string[] {
  if (!existsSync(table)) return [];
  const lines = readFileSync(table, "utf8").split("\n");
  return lines.filter((line) => line.split("|")[1]?.trim() === config);
}

const configs = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(measured);
const unknown = configs.find((config) => !(config in measured));
if (unknown) {
  console.error(`reproduce-scores: expected one of ${Object.keys(measured).join(", ")}, got ${unknown}`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "cellstate-scores-"));
const fresh = new Map<string, string[]>();
try {
  for (const config of configs) {
    const plan = measured[config]!;
    const results = plan.seeds.map((seed) => trainOnce(config, seed, folder));
    fresh.set(config, rows(config, plan, results));
    console.log(fresh.get(config)!.join("\n"));
    writeFileSync(table, page());
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function page(): string {
  const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  const body = Object.keys(measured).flatMap((config) => fresh.get(config) ?? writtenRows(config));
  return `# Scores of the shipped configs

Means over seeds; parts of joined models alone, and baselines, on the same data and tokens; bleu is sacreBLEU's (-lc, 13a), beam 5; loss is in nats a token. Time is the training loop with its
evaluations. Written by \`pnpm reproduce-scores\`, row by row.

${machine}; the scores are the same on every backend, the time is not

| config | split | metric | model | beside it | seeds | backend | time | date |
| --- | --- | --- | ---: | --- | --- | --- | ---: | --- |
${body.join("\n")}
`;
}
