/** What to say of a dev metric that could not choose between the epochs, because it never changed. */
import type { Plan } from "@cellstate/tasks";
import type { MetricsLine } from "../run/metrics-log.ts";
import { formatScore } from "../terminal/format.ts";

/** A sentence for whoever trains; `undefined` where the metric changed, is the loss itself, or was evaluated once. */
export function selectionWarning(
  log: readonly MetricsLine[],
  { selection, loss, metrics }: Pick<Plan, "selection" | "loss" | "metrics">,
): string | undefined {
  if (selection.name === loss.name) return undefined;
  const values = log.flatMap((line) => (line.kind === "evaluate" ? [scoreIn(line, selection.name)] : []));
  const [first] = values;
  if (values.length < 2 || first === undefined || values.some((value) => value !== first)) return undefined;
  const others = metrics.filter(({ name }) => name !== selection.name).map(({ name }) => name);
  return (
    `dev ${selection.name} was ${formatScore(first, selection.unit)} in all ${values.length} evaluations and could not choose between them, ` +
    `so the lowest dev ${loss.name} did; metrics.select names another (${others.join(", ")})`
  );
}

function scoreIn({ metrics }: MetricsLine, name: string): number | undefined {
  const value = (metrics as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === "number" ? value : undefined;
}
