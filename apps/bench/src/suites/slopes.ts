/** How the cost of a training step grows. */
import { interleave } from "../runner.ts";
import type { LanguageModelSizes } from "../shapes.ts";
import { logLogSlope } from "../statistics.ts";
import { contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { formatNumber, none } from "../table.ts";

const base: LanguageModelSizes = { batch: 16, time: 32, width: 128, vocabSize: 2000 };
const varied: Readonly<Record<string, { readonly key: keyof LanguageModelSizes; readonly values: readonly number[] }>> =
  {
    "T, steps": { key: "time", values: [16, 32, 64, 128] },
    "H, width": { key: "width", values: [64, 128, 256, 512] },
    "B, batch": { key: "batch", values: [8, 16, 32, 64] },
    "V, vocabulary": { key: "vocabSize", values: [1000, 2000, 4000, 8000] },
  };

export const slopes: Suite = {
  name: "slopes",
  peers: "engines",
  title: "How cost grows",
  about:
    "Training steps of a language model of two layers; one size varies, the others stay at batch 16, 32 steps, width 128, " +
    "vocabulary 2,000. Slope: the exponent p of cost = c x size^p, by least squares on logarithms (1 is linear).",
  run: (bench) => {
    const runners = [...bench.found.own.backends.slice(0, 1), ...bench.found.torch.slice(0, 1)];
    const sizes: Record<string, LanguageModelSizes> = {};
    for (const { key, values } of Object.values(varied)) {
      for (const value of values) sizes[`${key} ${value}`] = { ...base, [key]: value };
    }
    const { threads } = bench;
    const contenders = contendersOf(runners, { task: "slopes", sizes, threads, seconds: bench.seconds / 4 });
    const outcomes = interleave(contenders, bench);
    const rows = Object.entries(varied).map(([title, { key, values }]) => {
      const cells = outcomes.flatMap((outcome) => {
        const times = values.map((value) => numberOf(outcome, `${key} ${value}`));
        if (!times.every((time) => time !== undefined)) return [none, none];
        return [times.map(formatNumber).join(", "), formatNumber(logLogSlope(values, times))];
      });
      return [title, values.map((value) => value.toLocaleString("en-US")).join(", "), ...cells];
    });
    const columns = runners.flatMap(({ name }) => [`${name}, ms`, "slope"]);
    return [{ header: ["varied", "sizes", ...columns], rows, notes: problemsOf(contenders, outcomes, "all sizes") }];
  },
};
