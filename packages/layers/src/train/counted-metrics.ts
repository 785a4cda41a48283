/** Keras's metrics that count what lies above thresholds: confusion, precision and recall, F scores, areas under curves. */
import { scalar } from "@cellstate/tensor";
import {
  eachRow,
  least,
  type MetricEntry,
  type MetricOptions,
  type RunningMetric,
  ratio,
  type Scored,
} from "./metric-rows.ts";

const HALF = 0.5;

/** Calls `visit` for each prediction that counts. */
function eachElement(
  name: string,
  batch: Scored,
  visit: (prediction: number, target: number, feature: number) => void,
): void {
  eachRow(name, batch, "all", ({ predictions, targets, start, targetStart, width }) => {
    for (let at = 0; at < width; at++) visit(predictions[start + at]!, targets[targetStart + at]!, at);
  });
}

interface Counts {
  /** Said to be and are. */
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
}

/** Of all predictions, those above a threshold being said to be. */
export function confusion(result: (counts: Readonly<Counts>) => number): MetricEntry {
  return {
    optionNames: ["threshold"],
    start: (name, { threshold = HALF }) => {
      const counts: Counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
      return {
        add: (batch) =>
          eachElement(name, batch, (prediction, target) => {
            const [said, real] = [prediction > threshold, target !== 0];
            counts[said ? (real ? "truePositives" : "falsePositives") : real ? "falseNegatives" : "trueNegatives"]++;
          }),
        result: () => result(counts),
      };
    },
  };
}

export const precisionOf = ({
  truePositives,
  falsePositives,
}: Pick<Counts, "truePositives" | "falsePositives">): number => ratio(truePositives, truePositives + falsePositives);
export const recallOf = ({ truePositives, falseNegatives }: Pick<Counts, "truePositives" | "falseNegatives">): number =>
  ratio(truePositives, truePositives + falseNegatives);

/**
 * F scores (van Rijsbergen 1979). Without a threshold the likeliest class of a row is said to be, and of rows of one prediction what lies
 * above 0.5: Keras takes every such row for one of the class.
 */
export function fScore(name: string, { beta = 1, threshold, average = "macro" }: MetricOptions): RunningMetric {
  const classes: { right: number; said: number; real: number }[] = [];
  return {
    add: (batch) =>
      eachRow(name, batch, "all", ({ predictions, targets, start, targetStart, width }) => {
        let largest = Number.NEGATIVE_INFINITY;
        for (let at = 0; at < width; at++) largest = Math.max(largest, predictions[start + at]!);
        const bound = threshold ?? (width === 1 ? HALF : undefined);
        for (let at = 0; at < width; at++) {
          const prediction = predictions[start + at]!;
          const isSaid =
            bound === undefined ? prediction >= largest && Math.abs(prediction) > 1e-9 : prediction > bound;
          const target = targets[targetStart + at]!;
          classes[at] ??= { right: 0, said: 0, real: 0 };
          const counts = classes[at]!;
          counts.right += Number(isSaid) * target;
          counts.said += Number(isSaid);
          counts.real += target;
        }
      }),
    result: () => averageOf(classes, beta, average),
  };
}

function averageOf(
  classes: readonly { readonly right: number; readonly said: number; readonly real: number }[],
  beta: number,
  average: NonNullable<MetricOptions["average"]>,
): number {
  const scoreOf = ({ right, said, real }: (typeof classes)[number]) => {
    const [precision, recall] = [right / (said + least), right / (real + least)];
    return ((1 + beta * beta) * precision * recall) / (beta * beta * precision + recall + least);
  };
  const sum = (numberOf: (one: (typeof classes)[number]) => number) =>
    classes.reduce((total, one) => total + numberOf(one), 0);
  if (classes.length === 0) return 0;
  if (average === "macro") return sum(scoreOf) / classes.length;
  const real = sum((one) => one.real);
  if (average === "weighted") return sum((one) => (scoreOf(one) * one.real) / (real + least));
  return scoreOf({ right: sum((one) => one.right), said: sum((one) => one.said), real });
}

/** What lies above each of rising thresholds. */
interface Curve {
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
  /** Targets that are, and that are not. */
  readonly positives: number;
  readonly negatives: number;
}

/** Thresholds evenly from 0 to 1. */
const evenly = (count: number) => Array.from({ length: count }, (_, at) => at / (count - 1));

function curve(
  thresholdsOf: (count: number) => readonly number[],
  resultOf: (curve: Curve, options: MetricOptions) => number,
) {
  return (name: string, options: MetricOptions): RunningMetric => {
    const thresholds = thresholdsOf(options.numThresholds ?? 200);
    // How many predictions lie above exactly so many thresholds.
    const positives = new Float64Array(thresholds.length + 1);
    const negatives = new Float64Array(thresholds.length + 1);
    return {
      add: (batch) =>
        eachElement(name, batch, (prediction, target) => {
          (target !== 0 ? positives : negatives)[countBelow(thresholds, prediction)]! += 1;
        }),
      result: () =>
        resultOf(
          {
            truePositives: countsAbove(positives),
            falsePositives: countsAbove(negatives),
            positives: positives.reduce((sum, count) => sum + count, 0),
            negatives: negatives.reduce((sum, count) => sum + count, 0),
          },
          options,
        ),
    };
  };
}

/** How many of rising numbers lie below a value. */
function countBelow(rising: readonly number[], value: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For each threshold how many lie above it. */
function countsAbove(counts: Float64Array): number[] {
  const above = new Array<number>(counts.length - 1);
  let sum = 0;
  for (let at = counts.length - 1; at > 0; at--) {
    sum += counts[at]!;
    above[at - 1] = sum;
  }
  return above;
}

/** A little beyond 0 and 1 at both ends, so that all and none lie above. */
const beyondEnds = (count: number) =>
  evenly(count).map((threshold, at) => (at === 0 ? -least : at === count - 1 ? 1 + least : threshold));

/** Area under the curve of true against false positives by trapezoids (Fawcett 2006), or under that of precision against recall. */
export const areaUnderCurve: MetricEntry = {
  optionNames: ["curve", "numThresholds"],
  start: curve(beyondEnds, (counts, { curve: kind = "ROC" }) =>
    kind === "PR" ? underPrecision(counts) : underTruths(counts),
  ),
};

function underTruths({ truePositives, falsePositives, positives, negatives }: Curve): number {
  let area = 0;
  for (let at = 0; at + 1 < truePositives.length; at++) {
    const height = (ratio(truePositives[at]!, positives) + ratio(truePositives[at + 1]!, positives)) / 2;
    area += height * (ratio(falsePositives[at]!, negatives) - ratio(falsePositives[at + 1]!, negatives));
  }
  return area;
}

/** @see Davis & Goadrich 2006, whose interpolation between thresholds Keras has */
function underPrecision({ truePositives, falsePositives, positives }: Curve): number {
  let area = 0;
  for (let at = 0; at + 1 < truePositives.length; at++) {
    const [more, fewer] = [truePositives[at]!, truePositives[at + 1]!];
    const [saidMore, saidFewer] = [more + falsePositives[at]!, fewer + falsePositives[at + 1]!];
    const slope = ratio(more - fewer, saidMore - saidFewer);
    const growth = saidMore > 0 && saidFewer > 0 ? scalar.log(saidMore / saidFewer) : 0;
    area += ratio(slope * (more - fewer + (fewer - slope * saidFewer) * growth), positives);
  }
  return area;
}

interface Rates {
  readonly precision: number;
  readonly recall: number;
  readonly specificity: number;
}

type Wanted = "precision" | "recall" | "sensitivity" | "specificity";

/** The most of one rate at any threshold where another is at least as asked for; 0 where it is nowhere. */
export function mostWhere(
  asked: Wanted,
  heldOf: (rates: Rates) => number,
  resultOf: (rates: Rates) => number,
): MetricEntry {
  return {
    optionNames: [asked, "numThresholds"],
    required: asked,
    start: curve(evenly, ({ truePositives, falsePositives, positives, negatives }, options) => {
      const rates = truePositives.map((right, at) => ({
        precision: ratio(right, right + falsePositives[at]!),
        recall: ratio(right, positives),
        specificity: ratio(negatives - falsePositives[at]!, negatives),
      }));
      return Math.max(0, ...rates.filter((one) => heldOf(one) >= options[asked]!).map(resultOf));
    }),
  };
}
