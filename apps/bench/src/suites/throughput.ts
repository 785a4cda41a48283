/** What suites of arithmetic share: times beside PyTorch, and the share of the peak that each of our backends reaches. */
import type { Request } from "../request.ts";
import { interleave } from "../runner.ts";
import { type Bench, contendersOf, countThreads, numberOf, problemsOf, threadCounts } from "../suite.ts";
import { comparedCells, formatGflops, none, type Table } from "../table.ts";

/**
 * @param flops    operations by name of the work
 * @param request  whose measurement has milliseconds by the same names, and our backends' `peak` in operations a second
 */
export function compareThroughput(
  bench: Bench,
  flops: Readonly<Record<string, number>>,
  request: (threads: number) => Request,
): Table[] {
  const { own, torch } = bench.found;
  const ours = [...own.backends, ...own.slowerSets];
  const runners = [...ours, ...torch];
  const times: string[][] = [];
  const rates: string[][] = [];
  const notes: string[] = [];
  for (const threads of threadCounts(bench)) {
    const contenders = contendersOf(runners, request(threads));
    const outcomes = interleave(contenders, bench);
    notes.push(...problemsOf(contenders, outcomes, countThreads(threads)));
    for (const [name, operations] of Object.entries(flops)) {
      const measured = outcomes.map((outcome) => numberOf(outcome, name));
      times.push([name, `${threads}`, ...comparedCells(measured)]);
      const cells = measured.map((ms, index) =>
        ms === undefined ? none : formatGflops((1000 * operations) / ms, numberOf(outcomes[index], "peak")),
      );
      rates.push([name, `${threads}`, ...cells]);
    }
    const peaks = outcomes.map((outcome) => numberOf(outcome, "peak"));
    rates.push(["**peak**", `${threads}`, ...peaks.map((peak) => (peak === undefined ? none : formatGflops(peak)))]);
  }
  const names = runners.map(({ name }) => name);
  return [
    { header: ["ms (ratio)", "threads", ...names], rows: times, notes },
    { header: ["GFLOP/s (share of peak)", "threads", ...names], rows: rates, notes: [] },
  ];
}
