/** What the outputs of an imported network of texts mean: how they become answers, and what scores them. */
import type { DataRecord, Field, Fields } from "@cellstate/data";
import type { MetricInfo } from "@cellstate/training";
import type { TextExample } from "../../classify/data.ts";
import type { ReportSection } from "../../report-section.ts";
import type { EvaluationDetails, PredictionLine, Scores } from "../../task.ts";

/** A text, with what is known of it. */
export interface ImportedExample extends TextExample {
  /** A number for each output of the network; undefined where the text has a class, or nothing is known of it. */
  readonly targets?: readonly number[] | undefined;
}

/** What a network gives for one text, as it gives it. */
export type Outputs = readonly number[];

/** One meaning of outputs. */
export interface Answers {
  readonly fields: Fields;
  readonly metrics: readonly MetricInfo[];
  readonly loss: MetricInfo;
  readonly select: string;
  /** @throws {DataFileError} naming file and line of a target that does not fit */
  targetsOf(record: DataRecord): Pick<ImportedExample, "label" | "targets">;
  line(outputs: Outputs, example: ImportedExample): PredictionLine;
  /** @throws {RangeError} if an example has no target */
  score(outputs: readonly Outputs[], examples: readonly ImportedExample[]): Scores;
  details(outputs: readonly Outputs[], examples: readonly ImportedExample[]): EvaluationDetails;
  report(outputs: readonly Outputs[], examples: readonly ImportedExample[], split: string): readonly ReportSection[];
}

/** The text, and a number for each name. */
export function numberFields(names: readonly string[]): Fields {
  const number: Field = { kind: "number", target: true };
  return { text: { kind: "text" }, ...Object.fromEntries(names.map((name) => [name, number])) };
}

/** The numbers of all names; undefined where one is not known. */
export function numbersOf({ values }: DataRecord, names: readonly string[]): readonly number[] | undefined {
  const numbers = names.map((name) => values[name]);
  return numbers.every((value) => typeof value === "number") ? numbers : undefined;
}

/** The targets of examples that must have them. @throws {RangeError} otherwise */
export function requireTargets(outputs: readonly Outputs[], examples: readonly ImportedExample[]): readonly Outputs[] {
  if (examples.length === 0 || outputs.length !== examples.length) {
    throw new RangeError(
      `metrics: expected outputs for each of at least one example, got ${outputs.length} for ${examples.length}`,
    );
  }
  return examples.map(({ index, targets }) => {
    if (targets === undefined)
      throw new RangeError(`metrics: expected examples with targets, example ${index} has none`);
    return targets;
  });
}

/** One entry for each name. */
export function byName<Value>(names: readonly string[], values: readonly Value[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
}
