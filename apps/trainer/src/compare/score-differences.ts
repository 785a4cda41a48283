/** How far the answers of a run are from those of another one to the same examples, and whether chance alone does that. */
import { inputRoles } from "@cellstate/data";
import { type PairedDifference, type PredictionLine, pairedBootstrap } from "@cellstate/tasks";
import { mcNemar } from "@cellstate/training";
import { hashValue } from "../run/lock-seals.ts";
import type { ComparedRun, SavedSplit } from "./read-run.ts";

/** A difference in one metric; `test` says whose p-value it is. */
export interface ScoreDifference extends PairedDifference {
  readonly test: "McNemar" | "paired bootstrap";
}

/** An example of which one run alone has the right answer. */
export interface ChangedAnswer {
  /** Its place in the split. */
  readonly index: number;
  readonly change: "fixed" | "broken";
  readonly before: PredictionLine;
  readonly after: PredictionLine;
}

interface SplitDifferences {
  /** By metric. */
  readonly scores: Readonly<Record<string, ScoreDifference>>;
  /** Undefined where answers are not right or wrong. */
  readonly changed: readonly ChangedAnswer[] | undefined;
}

/** The differences of one split, or why there are none. */
export type ComparedSplit = SplitDifferences | { readonly reason: string };

/** Compares a run with the first one on a split that both have scored. */
export async function compareSplit(
  first: ComparedRun,
  second: ComparedRun,
  split: string,
  resamples: number,
): Promise<ComparedSplit> {
  const [one, other] = [first.splits.get(split), second.splits.get(split)];
  if (one === undefined || other === undefined) {
    const which = (one === undefined ? first : second).name;
    return { reason: `${which} has kept no predictions of ${split} (predictions: full keeps them)` };
  }
  if (one.answers === undefined || other.answers === undefined) {
    return { reason: "the task does not read its predictions back" };
  }
  if (!haveSameExamples(first, second, one, other)) return { reason: `their examples of ${split} are not the same` };
  const { answers: before } = one;
  const { answers: after } = other;
  const scores = await pairedBootstrap(
    before.length,
    { resamples },
    (drawn) => before.score(drawn),
    (drawn) => after.score(drawn),
  );
  const { rightShare } = before;
  if (rightShare === undefined) return { scores: withTest(scores), changed: undefined };
  const changed = one.lines.flatMap((line, index): ChangedAnswer[] => {
    const [was, is] = [before.isRight(index), after.isRight(index)];
    return was === is ? [] : [{ index, change: is ? "fixed" : "broken", before: line, after: other.lines[index]! }];
  });
  const broken = changed.filter(({ change }) => change === "broken").length;
  return { scores: withTest(scores, { [rightShare.name]: mcNemar(broken, changed.length - broken) }), changed };
}

function withTest(
  differences: Readonly<Record<string, PairedDifference>>,
  exact: Readonly<Record<string, number>> = {},
): Record<string, ScoreDifference> {
  return Object.fromEntries(
    Object.entries(differences).map(([metric, found]): [string, ScoreDifference] => {
      const pValue = exact[metric];
      return [
        metric,
        pValue === undefined ? { ...found, test: "paired bootstrap" } : { ...found, pValue, test: "McNemar" },
      ];
    }),
  );
}

/** Inputs tell, where lines have them; else the hashes and the section of the data must be the same. */
function haveSameExamples(first: ComparedRun, second: ComparedRun, one: SavedSplit, other: SavedSplit): boolean {
  if (one.lines.length !== other.lines.length) return false;
  const roles = inputRoles(first.plan!.fields);
  const inputsOf = (line: PredictionLine) => JSON.stringify(roles.map((role) => line[role] ?? null));
  const haveInputs = [one, other].every(({ lines }) => lines.every((line) => roles.every((role) => role in line)));
  if (haveInputs) return one.lines.every((line, index) => inputsOf(line) === inputsOf(other.lines[index]!));
  const dataOf = ({ lock }: ComparedRun) => hashValue({ data: lock.data, section: lock.config.data });
  return dataOf(first) === dataOf(second);
}
