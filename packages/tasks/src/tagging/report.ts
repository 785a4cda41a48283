/** What a report shows of a tagger: scores of each tag, which tags it confuses, and sentences with their errors marked. */
import { confusionMatrix } from "@cellstate/training";
import type { ConfusionSection, MarkedSection, ReportSection, TableSection } from "../report-section.ts";
import type { EvaluationDetails } from "../task.ts";
import { OUTSIDE } from "./chunks.ts";
import type { TaggedExample } from "./data.ts";
import { goldOf, type TagScorer } from "./metrics.ts";
import type { TagPrediction } from "./predict.ts";
import { type Mark, markParts, type NamedSpan, spansOf } from "./prediction-line.ts";
import type { TagSet } from "./tag-set.ts";
import { UNK_ID } from "./vocabulary.ts";

/** Sentences that are shown. */
const SHOWN = 25;

type Answers = readonly [predictions: readonly TagPrediction[], examples: readonly TaggedExample[]];

/**
 * `values`: `perTag`, precision, recall and F1 of each name; `unknownWords`, how many words have no vector of their own and the share of right tags
 * among them; `repairedTags`, tags of the file that broke its scheme; `tagsUnseenInTrain`.
 */
export function detailTags(answers: Answers, tagSet: TagSet, scorer: TagScorer): EvaluationDetails {
  const [, examples] = answers;
  const perTag = scorer.byLabel(...answers);
  const unknown = unknownWords(answers, tagSet);
  return {
    values: {
      perTag: Object.fromEntries(perTag),
      unknownWords: unknown,
      repairedTags: examples.reduce((sum, { repaired }) => sum + repaired, 0),
      tagsUnseenInTrain: examples.flatMap(({ tags = [] }) => tags).filter((tag) => tag < 0).length,
    },
    sections: [scoreTable(perTag, tagSet)],
  };
}

function scoreTable(perTag: ReturnType<TagScorer["byLabel"]>, { kind }: TagSet): TableSection {
  return {
    kind: "table",
    title: kind === "spans" ? "Scores of the spans of each name" : "Scores of each tag",
    columns: [
      { title: kind === "spans" ? "name" : "tag" },
      { title: "precision", isNumber: true },
      { title: "recall", isNumber: true },
      { title: "F1", isNumber: true },
      { title: kind === "spans" ? "spans" : "words", isNumber: true },
    ],
    rows: [...perTag].map(([label, { precision, recall, f1, support }]) => [
      label,
      precision.toFixed(3),
      recall.toFixed(3),
      f1.toFixed(3),
      support,
    ]),
  };
}

function unknownWords([predictions, examples]: Answers, tagSet: TagSet) {
  let count = 0;
  let right = 0;
  for (const [row, example] of examples.entries()) {
    const gold = goldOf(example);
    const names = tagSet.namesOf(predictions[row]!.tags);
    for (const [place, id] of example.ids.entries()) {
      if (id !== UNK_ID) continue;
      count += 1;
      if (gold[place] === names[place]) right += 1;
    }
  }
  return { words: count, accuracy: count === 0 ? null : right / count };
}

export function reportTags(answers: Answers, split: string, tagSet: TagSet, scorer: TagScorer): ReportSection[] {
  const table = scoreTable(scorer.byLabel(...answers), tagSet);
  return [
    { ...table, title: `${table.title} on ${split}` },
    confusionOf(answers, split, tagSet),
    wrongSentences(answers, split, tagSet),
  ];
}

/** Word by word: which name each word's span has, or which tag it has. */
function confusionOf([predictions, examples]: Answers, split: string, tagSet: TagSet): ConfusionSection {
  const nameAt = (tag: string) => (tagSet.kind === "spans" && tag !== OUTSIDE ? tag.slice(2) : tag);
  const { labels } = tagSet.fitted;
  const names = tagSet.kind === "spans" ? [OUTSIDE, ...labels] : labels;
  const numbers = new Map(names.map((name, number) => [name, number]));
  const [targets, found]: [number[], number[]] = [[], []];
  for (const [row, example] of examples.entries()) {
    const predicted = tagSet.namesOf(predictions[row]!.tags);
    for (const [place, tag] of goldOf(example).entries()) {
      const target = numbers.get(nameAt(tag));
      if (target === undefined) continue; // a name that train lacks
      targets.push(target);
      found.push(numbers.get(nameAt(predicted[place]!))!);
    }
  }
  return {
    kind: "confusion",
    title: `Confusion on ${split}`,
    ...(tagSet.kind === "spans" && { note: "Of words: the name of the span that each is in, O outside of all." }),
    names,
    counts: confusionMatrix(targets, found, names.length),
  };
}

/** The sentences with the most errors. */
function wrongSentences([predictions, examples]: Answers, split: string, tagSet: TagSet): MarkedSection {
  const wrong = examples
    .map((example, row) => {
      const faults = faultsOf(tagSet.namesOf(predictions[row]!.tags), example, tagSet);
      return { example, faults, errors: faults.filter(({ mark }) => mark.fault !== undefined).length };
    })
    .filter(({ errors }) => errors > 0)
    .sort((a, b) => b.errors - a.errors);
  return {
    kind: "marked",
    title: `Sentences with errors on ${split}`,
    note: `${wrong.length} of ${examples.length}; those with the most errors first. What is wrong is marked, and what is right stands behind it.`,
    texts: wrong
      .slice(0, SHOWN)
      .map(({ example, faults }) => ({ title: String(example.index), parts: markParts(example.text, faults) })),
  };
}

/** What is marked in a sentence: of spans all that were found, and true ones that were missed; of words the wrong ones. */
function faultsOf(names: readonly string[], example: TaggedExample, tagSet: TagSet) {
  const { kind } = tagSet;
  const found = spansOf(names, example, kind);
  const gold = spansOf(goldOf(example), example, kind);
  const isSame = (one: NamedSpan) => (other: NamedSpan) => one.start === other.start && one.end === other.end;
  const marks: Mark[] = found.flatMap(({ start, end, label, ...rest }) => {
    const span = { start, end, label, ...rest };
    const isRight = gold.some((one) => isSame(span)(one) && one.label === label);
    if (isRight) return kind === "spans" ? [{ start, end, mark: { label } }] : [];
    return [{ start, end, mark: { label, fault: truthAt(span, gold) } }];
  });
  const missed = gold.filter((one) => !found.some((other) => other.start < one.end && one.start < other.end));
  return [
    ...marks,
    ...missed.map(({ start, end, label }) => ({ start, end, mark: { label: OUTSIDE, fault: label } })),
  ].sort((a, b) => a.start - b.start);
}

/** What is true where a wrong span stands. */
function truthAt(span: NamedSpan, gold: readonly NamedSpan[]): string {
  const over = gold.filter(({ start, end }) => start < span.end && span.start < end);
  if (over.length === 0) return OUTSIDE;
  return over
    .map(({ start, end, label, text }) => (start === span.start && end === span.end ? label : `${label}: ${text}`))
    .join(", ");
}
