/**
 * Training labels that are likely wrong: those that the words contradict, as classifiers say that have not seen the text (confident
 * learning, Northcutt et al. 2021, arXiv:1911.00068).
 */
import { exampleOf, type Finding, KEPT_EXAMPLES, type LintRecord, percent } from "./finding.ts";
import { heldOutProbs } from "./held-out-probs.ts";

const MAX_LABELS = 50;
/** Training texts below which words say little. */
const FEWEST = 50;
/** By how much the probability of another label is above the given one's where the words contradict it clearly. */
const CLEAR = 0.8;
/** Share of such labels that makes a model worse. */
const MANY = 0.02;
/** Share of the training texts that is listed, since wrong labels lie among less clear ones, too. */
const LISTED = 0.1;

/** A text whose words speak for another label. */
interface Suspect {
  readonly record: LintRecord;
  /** The label that they speak for. */
  readonly instead: string;
  /** Its probability less the one of the given label, above 0 to 1. */
  readonly margin: number;
}

/** @internal The suspects, the clearest first; none where the texts or labels are too few or too many. */
export function suspectLabels(train: readonly LintRecord[]): Suspect[] {
  const labels = [...new Set(train.map(({ label }) => label))].sort();
  if (train.length < FEWEST || labels.length < 2 || labels.length > MAX_LABELS) return [];
  const numbers = new Map(labels.map((label, index) => [label, index]));
  const classes = Int32Array.from(train, ({ label }) => numbers.get(label)!);
  const probs = heldOutProbs(
    train.map(({ text }) => text),
    classes,
    labels.length,
  );
  const suspects = train.map((record, place): Suspect => {
    const own = probs[place]!;
    const best = own.indexOf(Math.max(...own));
    return { record, instead: String(labels[best]), margin: own[best]! - own[classes[place]!]! };
  });
  return suspects.filter(({ margin }) => margin > 0).sort((a, b) => b.margin - a.margin);
}

export function checkLabelNoise(train: readonly LintRecord[]): Finding[] {
  const suspects = suspectLabels(train);
  const clear = suspects.filter(({ margin }) => margin >= CLEAR).length;
  if (clear === 0) return [];
  return [
    {
      check: "labels that the words contradict",
      severity: clear > MANY * train.length ? "serious" : "minor",
      message: `the words of ${clear} of ${train.length} training texts (${percent(clear, train.length)}) speak clearly for another label than theirs; look at the first ones, where labels may be wrong`,
      examples: suspects
        .slice(0, Math.max(KEPT_EXAMPLES, LISTED * train.length))
        .map(({ record, instead }) => exampleOf(record, `${record.label}, not ${instead}?`)),
    },
  ];
}
