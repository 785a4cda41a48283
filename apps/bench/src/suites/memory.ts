/** Memory of long trainings. */
import { interleave, type Runner } from "../runner.ts";
import type { ShapeName } from "../shapes.ts";
import { type Bench, contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { comparedCells, formatNumber, none, type Table } from "../table.ts";

const megabyte = 1e6;

export const memory: Suite = {
  name: "memory",
  peers: "engines",
  title: "Memory",
  about:
    "MB (10^6 bytes) of resident memory: growth from a tenth of the steps to their end, and the most that the process ever had; in " +
    "brackets the ratio to the first.",
  run: (bench) => {
    const fastest = bench.found.own.backends.slice(0, 1);
    const stock = bench.found.torch.slice(0, 1);
    const tables = [measure(bench, "e", 20_000, fastest), measure(bench, "a", 300, [...fastest, ...stock])];
    return [
      {
        header: ["", "shape", "steps", "growth", "peak"],
        rows: tables.flatMap(({ rows }) => rows),
        notes: tables.flatMap(({ notes }) => notes),
      },
    ];
  },
};

function measure(
  bench: Bench,
  shape: ShapeName,
  steps: number,
  runners: readonly Runner[],
): Pick<Table, "rows" | "notes"> {
  const request = { task: "memory", shape, steps, threads: bench.threads, seconds: 0 } as const;
  const contenders = contendersOf(runners, request);
  const outcomes = interleave(contenders, { rounds: 1, limit: 600 });
  const peaks = outcomes.map((outcome) => numberOf(outcome, "peak")).map((bytes) => bytes && bytes / megabyte);
  const rows = comparedCells(peaks).map((peak, index) => {
    const growth = numberOf(outcomes[index], "growth");
    const megabytes = growth === undefined ? none : formatNumber(growth / megabyte);
    return [runners[index]!.name, shape, formatNumber(steps), megabytes, peak];
  });
  return { rows, notes: problemsOf(contenders, outcomes, `shape ${shape}`) };
}
