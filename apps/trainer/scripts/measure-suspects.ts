/**
 * How many of planted wrong labels `lint` finds: flips 5 % of the labels of a table, seed by seed, and counts how many of them are among as
 * many first suspects.
 *
 *   pnpm measure:suspects <table with label and text> ... [--seeds 3]
 */
import { parseArgs } from "node:util";
import { DrawStream } from "@cellstate/data";
import { readRecords } from "@cellstate/data/node";
import type { LintRecord } from "../src/data-lint/finding.ts";
import { suspectLabels } from "../src/data-lint/label-noise.ts";

const FLIPPED = 0.05;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "3" } },
});

async function recordsOf(path: string): Promise<LintRecord[]> {
  const records: LintRecord[] = [];
  for await (const { record, line } of readRecords(path, { header: true })) {
    const { text, label } = record;
    if (typeof text !== "string" || typeof label !== "string")
      throw new Error(`${path}: has no columns text and label`);
    records.push({ text, texts: { text }, label, file: path, line, place: `${path}:${line}` });
  }
  return records;
}

/** The records with other labels at some places, and the lines of these. */
function flip(records: readonly LintRecord[], seed: number): { records: LintRecord[]; lines: ReadonlySet<number> } {
  const random = new DrawStream(seed, "flips");
  const labels = [...new Set(records.map(({ label }) => label!))].sort();
  const places = new Set<number>();
  while (places.size < Math.round(FLIPPED * records.length)) places.add(random.below(records.length));
  const flipped = records.map((record, place) => {
    if (!places.has(place)) return record;
    const others = labels.filter((label) => label !== record.label);
    return { ...record, label: others[random.below(others.length)]! };
  });
  return { records: flipped, lines: new Set([...places].map((place) => records[place]!.line)) };
}

const means: number[] = [];
for (const path of positionals) {
  const clean = await recordsOf(path);
  const found: number[] = [];
  const seconds: number[] = [];
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const { records, lines } = flip(clean, seed);
    const start = performance.now();
    const suspects = suspectLabels(records).slice(0, lines.size);
    seconds.push((performance.now() - start) / 1000);
    found.push(suspects.filter(({ record }) => lines.has(record.line)).length / lines.size);
  }
  const mean = found.reduce((sum, share) => sum + share, 0) / found.length;
  means.push(mean);
  const each = found.map((share) => share.toFixed(3)).join(" ");
  console.log(
    `${path.split("/").slice(-2).join("/")}: ${clean.length} texts, found ${mean.toFixed(3)} (${each}), ${Math.min(...seconds).toFixed(1)} s`,
  );
}
console.log(
  `mean over ${means.length} sets: ${(means.reduce((sum, mean) => sum + mean, 0) / means.length).toFixed(3)}`,
);
