/** What `cellstate find-lr` does: data and model as for a run, the range test, its curve. Weights, moments and data are gone after it. */
import { tasks as shippedTasks, type Task } from "@cellstate/tasks";
import { findLearningRate, type LearningRateCurve } from "@cellstate/training";
import { checkOutputOption, writeOutputOption } from "../../command-line/output-option.ts";
import { UsageError } from "../../errors.ts";
import { pointsToDraw, renderLearningRates } from "../../report/learning-rates.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { plotText } from "../../terminal/plot.ts";
import { print, printJson } from "../../terminal/print.ts";
import { createProgress, type Progress } from "../../terminal/progress.ts";
import { type Rehearsal, rehearse } from "../../train/rehearsal.ts";
import type { FindLrOptions } from "../find-lr.ts";
import { newExperiment } from "../train/new-run.ts";

const LEAST_STEPS = 10;

export async function findLearningRateOf(options: FindLrOptions, known: readonly Task[] = shippedTasks): Promise<void> {
  const { output, json, quiet, from = 1e-6, to = 1, steps = 100 } = options;
  if (from >= to) throw new UsageError(`--from ${from} must be below --to ${to}`);
  if (steps < LEAST_STEPS) throw new UsageError(`--steps ${steps}: it takes at least ${LEAST_STEPS}`);
  if (output !== undefined) await checkOutputOption(output);
  const progress = createProgress({ quiet });
  const { experiment, base, lock, tasks } = await newExperiment(options, known);
  const curve = await rehearse({ experiment, base, lock, tasks, progress }, (rehearsal) =>
    climb(rehearsal, { from, to, steps }, progress),
  );
  progress.end();
  if (output !== undefined) {
    const page = renderLearningRates(experiment.name, curve);
    await writeOutputOption(output, (sink) => sink(page));
  }
  if (json === true) printJson({ formatVersion: FORMAT_VERSION, name: experiment.name, ...withNulls(curve) });
  else print(describe(curve, experiment.optimizer.learningRate));
}

function climb(
  { session, prepared, model, batches, experiment }: Rehearsal,
  range: { readonly from: number; readonly to: number; readonly steps: number },
  progress: Progress,
): Promise<LearningRateCurve> {
  let step = 0;
  return findLearningRate({
    session,
    parameters: model.parameters(),
    optimizer: experiment.optimizer,
    own: prepared.task.own,
    batches,
    lossOf: (batch, before) => model.loss(batch, { training: true, step: before }),
    training: experiment.training,
    ...range,
    onPoint({ learningRate, smoothLoss }) {
      step += 1;
      const rate = learningRate.toExponential(1);
      progress.tick(() => `step ${step}/${range.steps}  learning rate ${rate}  loss ${smoothLoss.toFixed(4)}`);
    },
  });
}

/** JSON has no undefined. */
function withNulls({ suggestion, ...curve }: LearningRateCurve) {
  return { suggestion: suggestion ?? null, ...curve };
}

/** The same for people. */
function describe(curve: LearningRateCurve, present: number): string {
  const { suggestion, lowest, diverged } = curve;
  const shown = pointsToDraw(curve).map(({ learningRate, smoothLoss }) => ({ x: learningRate, y: smoothLoss }));
  const rate = suggestion?.toPrecision(2);
  const mark = suggestion === undefined ? undefined : { x: suggestion, label: `suggestion ${rate}` };
  const advice =
    rate === undefined
      ? "none: the loss never falls; try other rates with --from and --to, or look at the data"
      : `${rate}, where the loss falls fastest; try --set optimizer.learningRate=${rate}`;
  return [
    "smooth loss of the batches\n",
    plotText(shown, { xLabel: "learning rate", mark }),
    `suggestion  ${advice}\n`,
    `lowest      ${lowest.toPrecision(2)}, from where on the loss no longer falls${diverged ? "; it then grew out of bounds" : ""}\n`,
    `config      ${present}\n`,
  ].join("");
}
