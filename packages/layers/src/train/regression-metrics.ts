/** Keras's metrics that compare how predictions and targets vary. */
import { eachRow, meanOf, type Row, type RunningMetric, ratio } from "./metric-rows.ts";

/** Share of the targets' variance that predictions explain; the mean over features. */
export function r2Score(name: string): RunningMetric {
  const features: { sum: number; squares: number; residuals: number }[] = [];
  let count = 0;
  return {
    add: (batch) =>
      eachRow(name, batch, "all", ({ predictions, targets, start, targetStart, width }) => {
        count++;
        for (let at = 0; at < width; at++) {
          const target = targets[targetStart + at]!;
          features[at] ??= { sum: 0, squares: 0, residuals: 0 };
          const sums = features[at]!;
          sums.sum += target;
          sums.squares += target * target;
          sums.residuals += (target - predictions[start + at]!) ** 2;
        }
      }),
    result() {
      const explained = features.map(({ sum, squares, residuals }) => {
        const score = 1 - residuals / (squares - (sum * sum) / count);
        return Number.isFinite(score) ? score : 0;
      });
      return ratio(
        explained.reduce((sum, score) => sum + score, 0),
        explained.length,
      );
    },
  };
}

/** Means, variances and covariance of a row. */
function momentsOf({ predictions, targets, start, targetStart, width }: Row) {
  const over = (numberAt: (prediction: number, target: number) => number) => {
    let sum = 0;
    for (let at = 0; at < width; at++) sum += numberAt(predictions[start + at]!, targets[targetStart + at]!);
    return sum / width;
  };
  const [predicted, wanted] = [over((prediction) => prediction), over((_, target) => target)];
  return {
    variances: [
      over((prediction) => (prediction - predicted) ** 2),
      over((_, target) => (target - wanted) ** 2),
    ] as const,
    covariance: over((prediction, target) => (prediction - predicted) * (target - wanted)),
    distance: (predicted - wanted) ** 2,
  };
}

/** How predictions and targets of a row vary together (Pearson 1895); the mean over rows. */
export const pearsonCorrelation = meanOf("all", (row) => {
  const { variances, covariance } = momentsOf(row);
  return covariance / Math.sqrt(variances[0] * variances[1]);
});

/** The same, where they also have to be of the same size (Lin 1989). */
export const concordanceCorrelation = meanOf("all", (row) => {
  const { variances, covariance, distance } = momentsOf(row);
  return (2 * covariance) / (variances[0] + variances[1] + distance + 1e-7);
});
