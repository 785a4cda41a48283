/** All metrics, and lists by what they score: a task that offers a list gains each metric that is added to it. */
import { accuracy } from "./accuracy.ts";
import { balancedAccuracy } from "./balanced-accuracy.ts";
import type { Confusion } from "./confusion.ts";
import { macroF1 } from "./macro-f1.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanLoss } from "./mean-loss.ts";
import type { Metric } from "./metric.ts";
import { rootMeanSquaredError } from "./root-mean-squared-error.ts";

export { accuracy, balancedAccuracy, macroF1, meanAbsoluteError, meanLoss, rootMeanSquaredError };

/** Of a classifier's confusion matrix. */
export const classificationMetrics: readonly Metric<[confusion: Confusion]>[] = [accuracy, balancedAccuracy, macroF1];

/** Of numbers and their predictions. */
export const regressionMetrics: readonly Metric<[targets: ArrayLike<number>, predictions: ArrayLike<number>]>[] = [
  meanAbsoluteError,
  rootMeanSquaredError,
];
