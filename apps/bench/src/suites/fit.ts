/** `fit` as in Keras, beside the bare step of the same model and beside TensorFlow.js. */
import { interleave } from "../runner.ts";
import { type Bench, contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { formatNumber, formatRatio, none, type Table } from "../table.ts";

export const fits: Suite = {
  name: "fit",
  peers: "engines",
  title: "Fit as in Keras",
  about:
    "Milliseconds of a step in `model.fit` of the textbook's model (shape e: an LSTM of 50 over 20 steps, a sigmoid; batches of 32, " +
    "shuffled, with the accuracy), on one thread. In brackets, how many times as long as a bare step of shape e in the same process, " +
    "and how many times as long as the first row.",
  run: (bench) => [compare(bench)],
};

function compare(bench: Bench): Table {
  const runners = [...bench.found.own.backends, ...bench.found.tfjs];
  const contenders = contendersOf(runners, { task: "fit", threads: 1, seconds: bench.seconds });
  const outcomes = interleave(contenders, bench);
  const base = numberOf(outcomes[0], "fit");
  const rows = outcomes.map((outcome, index) => {
    const [fit, step] = [numberOf(outcome, "fit"), numberOf(outcome, "step")];
    const ofStep = fit === undefined || step === undefined ? none : `${formatNumber(step)} (${formatRatio(fit, step)})`;
    const ofBase = fit === undefined || base === undefined ? none : `${formatNumber(fit)} (${formatRatio(fit, base)})`;
    return [runners[index]!.name, ofBase, ofStep];
  });
  return {
    header: ["library", "step in fit (first row)", "bare step (in fit)"],
    rows,
    notes: problemsOf(contenders, outcomes, "fit"),
  };
}
