/** What taggers are scored by. */
import { accuracy, type MetricInfo, meanLoss } from "@cellstate/training";

/** Of spans: right ones are those whose first word, last word and name are right. */
const SPAN_METRICS: readonly MetricInfo[] = [
  { name: "f1", direction: "max", unit: "fraction" },
  { name: "precision", direction: "max", unit: "fraction" },
  { name: "recall", direction: "max", unit: "fraction" },
];

/** Of any tagger, in the order of reports. */
export const TAG_METRICS: readonly MetricInfo[] = [meanLoss.info, ...SPAN_METRICS, accuracy.info];

/** Of a tagger whose tags stand for words or for spans. */
export function metricsOf(kind: "words" | "spans"): readonly MetricInfo[] {
  return kind === "spans" ? TAG_METRICS : [meanLoss.info, accuracy.info];
}
