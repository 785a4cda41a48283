/** Outputs that say of each label by itself whether a text has it. */
import { DataFileError, type DataRecord } from "@cellstate/data";
import { scalar } from "@cellstate/tensor";
import { type ClassScores, type Confusion, classScores, confusionMatrix, meanLoss } from "@cellstate/training";
import type { EvaluationDetails, Scores } from "../../task.ts";
import type { ImportedOutputConfig } from "../config.ts";
import {
  type Answers,
  byName,
  type ImportedExample,
  numberFields,
  numbersOf,
  type Outputs,
  requireTargets,
} from "./answers.ts";
import { labelMetrics } from "./label-metrics.ts";

/** What a label's probability must exceed, as in Keras. */
const THRESHOLD = 0.5;
/** As near to 0 and 1 as Keras's cross-entropy takes a probability to be: the logarithm of 0 is not finite. */
const LEAST = 1e-7;

export function labelAnswers({ labels, scores }: Extract<ImportedOutputConfig, { kind: "labels" }>): Answers {
  const probsOf = (outputs: Outputs) => (scores === "logits" ? outputs.map(sigmoid) : outputs);
  const having = (numbers: Outputs) => labels.filter((_, at) => numbers[at]! > THRESHOLD);
  const allProbs = (outputs: readonly Outputs[]) => outputs.map(probsOf);
  return {
    fields: numberFields(labels),
    metrics: [meanLoss, ...labelMetrics].map(({ info }) => info),
    loss: meanLoss.info,
    select: meanLoss.info.name,
    targetsOf: (record) => ({ label: undefined, targets: zerosAndOnes(record, labels) }),
    line: (outputs, { index, text, targets }) => ({
      index,
      text,
      ...(targets && { labels: having(targets) }),
      prediction: having(probsOf(outputs)),
      probs: byName(labels, probsOf(outputs)),
    }),
    score: (outputs, examples) => scoreOf(allProbs(outputs), examples, labels.length),
    details: (outputs, examples) => detailsOf(confusionsOf(allProbs(outputs), examples, labels.length), labels),
    report: () => [],
  };
}

const sigmoid = (score: number): number => 1 / (1 + scalar.exp(-score));

/** @throws {DataFileError} naming file and line of another number */
function zerosAndOnes(record: DataRecord, labels: readonly string[]): readonly number[] | undefined {
  const numbers = numbersOf(record, labels);
  const at = numbers?.findIndex((value) => value !== 0 && value !== 1) ?? -1;
  if (numbers === undefined || at < 0) return numbers;
  const problem = `${labels[at]}: expected 1 where the text has this label and 0 elsewhere, got ${numbers[at]}`;
  throw new DataFileError(record.file, record.line, problem);
}

function scoreOf(probs: readonly Outputs[], examples: readonly ImportedExample[], count: number): Scores {
  const targets = requireTargets(probs, examples);
  const losses = targets.flatMap((row, at) => row.map((target, label) => crossEntropy(probs[at]![label]!, target)));
  const confusions = confusionsOf(probs, examples, count);
  const isExact = targets.map((row, at) =>
    row.every((target, label) => probs[at]![label]! > THRESHOLD === (target === 1)),
  );
  return {
    loss: meanLoss(losses),
    ...Object.fromEntries(labelMetrics.map((metric) => [metric.info.name, metric(confusions, isExact)])),
  };
}

function crossEntropy(prob: number, target: number): number {
  return -scalar.log(Math.max(target === 1 ? prob : 1 - prob, LEAST));
}

/** Of each label: how often texts with and without it were given it. */
function confusionsOf(
  probs: readonly Outputs[],
  examples: readonly ImportedExample[],
  count: number,
): readonly Confusion[] {
  const targets = requireTargets(probs, examples);
  return Array.from({ length: count }, (_, label) =>
    confusionMatrix(
      targets.map((row) => row[label]!),
      probs.map((row) => Number(row[label]! > THRESHOLD)),
      2,
    ),
  );
}

function detailsOf(confusions: readonly Confusion[], labels: readonly string[]): EvaluationDetails {
  const scores = confusions.map((confusion): ClassScores => classScores(confusion)[1]!);
  const shown = ({ precision, recall, f1 }: ClassScores) => [precision, recall, f1].map((score) => score.toFixed(3));
  return {
    values: { perLabel: byName(labels, scores) },
    sections: [
      {
        kind: "table",
        title: "Scores of each label",
        columns: [
          { title: "label" },
          ...["precision", "recall", "F1", "examples"].map((title) => ({ title, isNumber: true })),
        ],
        rows: scores.map((score, at) => [labels[at]!, ...shown(score), score.support]),
      },
    ],
  };
}
