/** What a report shows of a tagger: which tags it confuses, and the sentences with the most wrong ones. */
import type { ReportSection, TableSection } from "@cellstate/tasks";
import type { TaggedExample } from "./data.ts";
import { confusionOf, tagsOf } from "./metrics.ts";
import type { TagPrediction } from "./predict.ts";

/** Sentences that are shown. */
const SHOWN = 25;

export function reportTags(
  predictions: readonly TagPrediction[],
  examples: readonly TaggedExample[],
  tags: readonly string[],
  split: string,
): ReportSection[] {
  return [
    {
      kind: "confusion",
      title: `Confusion on ${split}`,
      names: tags,
      counts: confusionOf(predictions, examples, tags.length),
    },
    wrongSentences(predictions, examples, tags, split),
  ];
}

function wrongSentences(
  predictions: readonly TagPrediction[],
  examples: readonly TaggedExample[],
  tags: readonly string[],
  split: string,
): TableSection {
  const rows = examples
    .map((example, row) => {
      const wrong = tagsOf(example).flatMap((tag, token) => {
        const predicted = predictions[row]![token]!.tag;
        return tag === predicted ? [] : [`${example.tokens[token]}: ${tags[predicted]}, not ${tags[tag]}`];
      });
      return { example, wrong };
    })
    .filter(({ wrong }) => wrong.length > 0)
    .sort((a, b) => b.wrong.length - a.wrong.length);
  return {
    kind: "table",
    title: `Sentences with wrong tags on ${split}`,
    note: `${rows.length} of ${examples.length}; those with the most wrong tags first.`,
    columns: [{ title: "index", isNumber: true }, { title: "sentence" }, { title: "predicted" }],
    rows: rows
      .slice(0, SHOWN)
      .map(({ example: { index, tokens }, wrong }) => [index, tokens.join(" "), wrong.join("; ")]),
  };
}
