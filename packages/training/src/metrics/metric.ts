/** What a metric is: a function that scores a split, and what its number means. */

export interface MetricInfo {
  /** The key under which its number is logged and by which a config selects it, such as `macroF1`. */
  readonly name: string;
  /** Whether larger or smaller is better. */
  readonly direction: "max" | "min";
  /**
   * `fraction` is 0..1, `points` is 0..100, `nats` is minus a natural logarithm, `target` is the unit of the targets themselves,
   * `number` is any other number, such as a perplexity.
   */
  readonly unit: "fraction" | "nats" | "points" | "target" | "number";
}

/** A metric is called with what it scores: `accuracy(confusion)`, `meanAbsoluteError(targets, predictions)`. */
export interface Metric<Scored extends readonly unknown[]> {
  (...scored: Scored): number;
  readonly info: MetricInfo;
  /** One line for reports and the reference page. */
  readonly description: string;
}

/** A metric from its meaning and the function that computes it. */
export function defineMetric<Scored extends readonly unknown[]>(
  { description, ...info }: MetricInfo & { readonly description: string },
  compute: (...scored: Scored) => number,
): Metric<Scored> {
  return Object.assign((...scored: Scored) => compute(...scored), { info, description });
}
