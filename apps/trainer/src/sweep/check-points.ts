/** Checks all that a sweep can know of its points before one of them is trained. */
import { ConfigError, type ConfigIssue } from "@cellstate/files";
import { isChoice, type Parameter, type Values } from "@cellstate/sweep";
import { newSearch, pointFault, type SweepPlan } from "./sweep-plan.ts";

/** Valid points in which a value is tried before it is called wrong. */
const TRIED = 20;

/**
 * Refuses values that no point can take: each choice, and both ends of each range, must fit the config or some point. A point whose
 * values do not go together is no fault of the sweep; it becomes a row with its error.
 *
 * @throws {ConfigError} naming each wrong key or value, with the nearest valid key
 * @throws {SweepError} if an option of the search cannot be
 */
export function checkPoints(plan: SweepPlan): void {
  const points = newSearch(plan)
    .ask()
    .map(({ values }) => values);
  const faults = points.map((values) => pointFault(plan, values));
  const valid = points.filter((_, index) => faults[index] === undefined);
  const contexts: readonly Values[] = [{}, ...valid.slice(0, TRIED)];
  const issues = Object.entries(plan.section.parameters).flatMap(([key, parameter]) =>
    typicalValues(parameter as Parameter).flatMap((value) => valueIssues(plan, { key, value }, contexts)),
  );
  if (issues.length > 0) throw new ConfigError(unique(issues));
  const [first] = faults;
  if (valid.length === 0 && first !== undefined) throw first;
}

function typicalValues(parameter: Parameter): readonly unknown[] {
  return isChoice(parameter) ? parameter : [parameter.min, parameter.max];
}

/** The faults of a value that none of the contexts takes: those that it makes in the config itself. */
function valueIssues(
  plan: SweepPlan,
  { key, value }: { readonly key: string; readonly value: unknown },
  contexts: readonly Values[],
): readonly ConfigIssue[] {
  let first: ConfigError | undefined;
  for (const context of contexts) {
    const fault = pointFault(plan, { ...context, [key]: value });
    if (fault === undefined) return [];
    first ??= fault;
  }
  return first?.issues ?? [];
}

function unique(issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  const byText = new Map(issues.map((issue) => [`${issue.path} ${issue.message}`, issue]));
  return [...byText.values()];
}
