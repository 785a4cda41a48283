/** Answers to one input at a time. */
import type { InferenceModel } from "../request.ts";
import { interleave } from "../runner.ts";
import { contendersOf, countThreads, numberOf, problemsOf, type Suite, threadCounts } from "../suite.ts";
import { formatNumber, formatRatio, none, type Table } from "../table.ts";

const titles: Readonly<Record<InferenceModel, string>> = {
  sentiment: "sentiment, 50 words",
  greedy: "translation, greedy, 20 tokens",
  beam: "translation, beam of 5, 20 tokens",
};

export const inference: Suite = {
  name: "inference",
  peers: "engines",
  title: "Inference, batch 1",
  about:
    "Milliseconds to an answer, median / ninetieth percentile; in brackets the ratio of medians. The models are those of shapes a " +
    "and d.",
  run: (bench) => {
    const { own, torch, onnx } = bench.found;
    const runners = [...own.backends, ...torch, ...onnx];
    const models = Object.keys(titles) as InferenceModel[];
    const rows: string[][] = [];
    const notes: string[] = [];
    for (const threads of threadCounts(bench)) {
      const request = { task: "inference", threads, seconds: bench.seconds / 2 } as const;
      const contenders = contendersOf(runners, request);
      const outcomes = interleave(contenders, bench);
      notes.push(...problemsOf(contenders, outcomes, countThreads(threads)));
      for (const model of models) {
        const base = numberOf(outcomes[0], model);
        const cells = outcomes.map((outcome, index) => {
          const [middle, high] = [numberOf(outcome, model), numberOf(outcome, `${model} p90`)];
          if (middle === undefined || high === undefined) return none;
          const cell = `${formatNumber(middle)} / ${formatNumber(high)}`;
          return index === 0 || base === undefined ? cell : `${cell} (${formatRatio(middle, base)})`;
        });
        rows.push([titles[model], `${threads}`, ...cells]);
      }
    }
    const table: Table = { header: ["model", "threads", ...runners.map(({ name }) => name)], rows, notes };
    return [table];
  },
};
