/** Whole training steps beside PyTorch. */
import { interleave } from "../runner.ts";
import { type ShapeName, shapes, tokensOf } from "../shapes.ts";
import { type Bench, contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { comparedCells, formatNumber, none, type Table } from "../table.ts";

export const steps: Suite = {
  name: "steps",
  peers: "engines",
  title: "Training steps",
  about:
    "Milliseconds of a step: forward, backward, clipping by global norm at 1, Adam; in brackets, how many times as long as the " +
    "first column. Shapes: a sentiment (BiLSTM 128, batch 32, 200 steps), b classification (2 x 256, 64, 50), c language model " +
    "(2 x 650, vocabulary 10,000, 20, 35), d translation (BiLSTM 256, LSTM 512, attention, vocabulary 8,000, 64, 20), e the " +
    "textbook's LSTM of 50 (32, 20).",
  run: (bench) => [compare(bench)],
};

function compare(bench: Bench): Table {
  const { found, threads, seconds } = bench;
  const runners = [...found.own.backends, ...found.torch];
  const notes: string[] = [];
  const rows = (Object.keys(shapes) as ShapeName[]).map((shape) => {
    const request = { task: "step", shape, threads, seconds } as const;
    const contenders = contendersOf(runners, request);
    const outcomes = interleave(contenders, bench);
    notes.push(...problemsOf(contenders, outcomes, `shape ${shape}`));
    const times = outcomes.map((outcome) => numberOf(outcome, "ms"));
    const tokensPerSecond = times[0] === undefined ? none : formatNumber((1000 * tokensOf[shape]) / times[0]);
    return [shape, `${threads}`, tokensPerSecond, ...comparedCells(times)];
  });
  const base = runners[0]?.name ?? none;
  return { header: ["shape", "threads", `tokens/s of ${base}`, ...runners.map(({ name }) => name)], rows, notes };
}
