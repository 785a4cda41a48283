/** Outputs that are numbers, such as a rating. */
import { regressionMetrics } from "@cellstate/training";
import type { ImportedOutputConfig } from "../config.ts";
import { scoreNumbers, squaredError } from "../number-scores.ts";
import { type Answers, byName, numberFields, numbersOf, type Outputs, requireTargets } from "./answers.ts";

export function numberAnswers({ labels }: Extract<ImportedOutputConfig, { kind: "numbers" }>): Answers {
  const shown = (numbers: Outputs) => (labels.length === 1 ? numbers[0]! : byName(labels, numbers));
  return {
    fields: numberFields(labels),
    metrics: [squaredError, ...regressionMetrics].map(({ info }) => info),
    loss: squaredError.info,
    select: squaredError.info.name,
    targetsOf: (record) => ({ label: undefined, targets: numbersOf(record, labels) }),
    line: (outputs, { index, text, targets }) => ({
      index,
      text,
      ...(targets && { target: shown(targets) }),
      prediction: shown(outputs),
    }),
    score: (outputs, examples) => scoreNumbers(requireTargets(outputs, examples).flat(), outputs.flat()),
    details: (outputs, examples) => detailNumbers(requireTargets(outputs, examples), outputs, labels),
    report: () => [],
  };
}

/** The scores of each number by itself, where there are several. */
function detailNumbers(targets: readonly Outputs[], outputs: readonly Outputs[], labels: readonly string[]) {
  const scores = labels.map((_, at) =>
    scoreNumbers(
      targets.map((row) => row[at]!),
      outputs.map((row) => row[at]!),
    ),
  );
  const names = [squaredError, ...regressionMetrics].map(({ info }) => info.name);
  if (labels.length === 1) return { values: {}, sections: [] };
  return {
    values: { perNumber: byName(labels, scores) },
    sections: [
      {
        kind: "table" as const,
        title: "Scores of each number",
        columns: [{ title: "number" }, ...names.map((title) => ({ title, isNumber: true }))],
        rows: labels.map((label, at) => [label, ...names.map((name) => Number(scores[at]![name]).toPrecision(4))]),
      },
    ],
  };
}
