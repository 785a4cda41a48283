/**
 * Trains the shipped configs over several seeds and writes the table in docs/scores.md: means, baselines, time.
 *
 *   pnpm reproduce-scores [config ...]     default: all but the hour-long translation; seeds 1, 2, 3
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunResult } from "../src/run/result.ts";

const bin = fileURLToPath(new URL("../bin/cellstate.mjs", import.meta.url));
const table = new URL("../../../docs/scores.md", import.meta.url);
const seeds = [1, 2, 3];
const all = ["sentiment", "sentiment-zh", "sentiment-sst2", "classification", "classification-trec6", "dates"];

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
  return metric === "bleu" ? mean.toFixed(2) : `${(100 * mean).toFixed(1)} %`;
}

function rows(config: string, results: readonly RunResult[]): string[] {
  const metric = results[0]!.task === "translation" ? "exactMatch" : "accuracy";
  const seconds = results.reduce((sum, result) => sum + result.trainSeconds, 0) / results.length;
  return Object.keys(results[0]!.metrics).map((split) => {
    const model = meanOf(
      results.map((result) => result.metrics[split]),
      metric,
    );
    const baselines = Object.keys(results[0]!.baselines).map((name) => {
      const scores = results.map((result) => result.baselines[name]?.[split]);
      return `${name} ${meanOf(scores, metric)}`;
    });
    return `| ${config} | ${split} | ${metric} | ${model} | ${baselines.join(", ")} | ${seconds.toFixed(0)} s |`;
  });
}

const configs = process.argv.length > 2 ? process.argv.slice(2) : all;
const folder = mkdtempSync(join(tmpdir(), "cellstate-scores-"));
try {
  const body = configs.flatMap((config) => {
    const results = seeds.map((seed) => trainOnce(config, seed, folder));
    const lines = rows(config, results);
    console.log(lines.join("\n"));
    return lines;
  });
  const machine = `${cpus().length} cores, ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  writeFileSync(
    table,
    `# Scores of the shipped configs

Means over seeds ${seeds.join(", ")}; baselines on the same data and tokens. Time is the training loop with its evaluations.

${new Date().toISOString().slice(0, 10)}, ${machine}, wasm backend, \`pnpm reproduce-scores ${process.argv.slice(2).join(" ")}\`

| config | split | metric | model | baselines | time |
| --- | --- | --- | ---: | --- | ---: |
${body.join("\n")}
`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
