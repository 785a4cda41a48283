/** Labels: how many examples each has, and those that only a scored split has. */
import { exampleOf, type Finding, KEPT_EXAMPLES, type LintRecord, type LintSplits, percent } from "./finding.ts";

/** Share of the most frequent label from which accuracy says little. */
const DOMINANT = 0.9;
/** Examples below which a label can hardly be learned. */
const FEW = 5;

export function checkLabels(splits: LintSplits): Finding[] {
  const train = splits.get("train") ?? [];
  const counts = countLabels(train);
  if (counts.size === 0) return [];
  return [...unseen(splits, counts), ...rare(train, counts), ...dominant(train, counts)];
}

function countLabels(records: readonly LintRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of records) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function unseen(splits: LintSplits, counts: ReadonlyMap<string, number>): Finding[] {
  return [...splits].flatMap(([split, records]) => {
    const found = records.filter(({ label }) => label !== undefined && !counts.has(label));
    if (found.length === 0) return [];
    const labels = [...countLabels(found)].map(([label, count]) => `${JSON.stringify(label)} ${count}`);
    return [
      {
        check: `${split} labels that train lacks`,
        severity: "fault",
        message: `${found.length} rows of ${split} have labels that train never has (${listed(labels)}); training refuses them: mend the labels or add training examples`,
        examples: found.slice(0, KEPT_EXAMPLES).map((record) => exampleOf(record, record.label)),
      } satisfies Finding,
    ];
  });
}

function rare(train: readonly LintRecord[], counts: ReadonlyMap<string, number>): Finding[] {
  const few = [...counts].filter(([, count]) => count < FEW).sort(([, a], [, b]) => a - b);
  if (few.length === 0) return [];
  const names = new Set(few.map(([label]) => label));
  const single = few.filter(([, count]) => count === 1).length;
  const ones = single === 0 ? "" : `, ${single} of them one alone`;
  return [
    {
      check: "labels with few examples",
      severity: 2 * few.length > counts.size ? "serious" : "minor",
      message: `${few.length} of ${counts.size} labels have fewer than ${FEW} training examples${ones} (${listed(few.map(([label, count]) => `${JSON.stringify(label)} ${count}`))}): they will hardly be learned; add examples or join labels`,
      examples: train
        .filter(({ label }) => label !== undefined && names.has(label))
        .slice(0, KEPT_EXAMPLES)
        .map((record) => exampleOf(record, record.label)),
    },
  ];
}

function dominant(train: readonly LintRecord[], counts: ReadonlyMap<string, number>): Finding[] {
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most === undefined || counts.size < 2 || most[1] < DOMINANT * train.length) return [];
  return [
    {
      check: "one label dominates",
      severity: "serious",
      message: `${percent(most[1], train.length)} of train is ${JSON.stringify(most[0])}: a model that always says so has that accuracy; select by another score (metrics: { select: macroF1 }) or weigh labels (loss: { classWeights: balanced })`,
      examples: [],
    },
  ];
}

function listed(names: readonly string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
