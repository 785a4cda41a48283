/** What a report shows of a language model: texts of its own, and those that it found least likely. */
import type { ReportSection, TableSection } from "@cellstate/tasks";
import type { TextExample } from "./data.ts";
import type { TextLoss } from "./predict.ts";

/** Texts that are shown. */
const SHOWN = 25;

/** @param sample  texts written by the model */
export function reportTexts(
  losses: readonly TextLoss[],
  examples: readonly TextExample[],
  sample: readonly string[],
  split: string,
): ReportSection[] {
  return [
    { kind: "texts", title: "Written by the model", note: "Drawn character by character.", texts: sample },
    leastLikely(losses, examples, split),
  ];
}

function leastLikely(losses: readonly TextLoss[], examples: readonly TextExample[], split: string): TableSection {
  const rows = examples.map(({ index, text }, row) => ({ index, text, loss: losses[row]!.mean }));
  return {
    kind: "table",
    title: `Least likely texts of ${split}`,
    columns: [{ title: "index", isNumber: true }, { title: "text" }, { title: "loss", isNumber: true }],
    rows: rows
      .toSorted((a, b) => b.loss - a.loss)
      .slice(0, SHOWN)
      .map(({ index, text, loss }) => [index, text, loss.toFixed(3)]),
  };
}
