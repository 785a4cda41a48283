/**
 * Training labels that are likely wrong: those that the words contradict, as classifiers say that have not seen the text (confident
 * learning, Northcutt et al. 2021, arXiv:1911.00068).
 *
 * What words cannot tell bounds what is found. Of 5 % flipped labels, 93 % are among as many first suspects where held-out errors are 1 %
 * (sms-spam), 66 and 76 % where they are 10 and 15 % (chnsenticorp-htl, trec6), and 41 to 46 % where they are 20 % (sst2, mr): there the
 * texts that the classifiers misread are four times as many as the flipped ones. `pnpm measure:suspects` measures it.
 */
import { exampleOf, type Finding, KEPT_EXAMPLES, type LintRecord, percent } from "./finding.ts";
import { heldOutScores } from "./held-out-scores.ts";
import { softmax } from "./text-classifiers.ts";

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
  /** The logarithm of how many times as likely it is as the given one, which tells suspects apart by more than the margin where labels are many. */
  readonly logOdds: number;
}

/** @internal The suspects, the clearest first; none where the texts or labels are too few or too many. */
export function suspectLabels(train: readonly LintRecord[]): Suspect[] {
  const labels = [...new Set(train.map(({ label }) => label))].sort();
  if (train.length < FEWEST || labels.length < 2 || labels.length > MAX_LABELS) return [];
  const numbers = new Map(labels.map((label, index) => [label, index]));
  const classes = Int32Array.from(train, ({ label }) => numbers.get(label)!);
  const scores = heldOutScores(
    train.map(({ text }) => text),
    classes,
    labels.length,
  );
  const suspects = train.map((record, place): Suspect => {
    const own = scores[place]!;
    const probs = softmax(own);
    const [best, given] = [own.indexOf(Math.max(...own)), classes[place]!];
    return {
      record,
      instead: String(labels[best]),
      margin: probs[best]! - probs[given]!,
      logOdds: own[best]! - own[given]!,
    };
  });
  return suspects.filter(({ margin }) => margin > 0).sort((a, b) => b.logOdds - a.logOdds);
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
