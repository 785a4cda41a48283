/** Sections of a report as text for a terminal. */
import type { ConfusionSection, MarkedSection, ReportSection, TableSection } from "@cellstate/tasks";
import { formatTable, formatWhole } from "./format.ts";
import { Marker } from "./marked.ts";

/** Names up to which a confusion is shown as a matrix; of more, the most frequent confusions are listed. */
const MATRIX_NAMES = 12;
const LISTED = 20;
/** Rows of a table that are shown. */
const ROWS = 50;

/** The title and what it is about, ending with a line break; only the title of what a terminal cannot show. */
export function sectionAsText(section: ReportSection): string {
  const note = section.note === undefined ? "" : `${section.note}\n`;
  return `${section.title}\n${note}${bodyOf(section)}`;
}

function bodyOf(section: ReportSection): string {
  switch (section.kind) {
    case "table":
      return tableText(section);
    case "confusion":
      return section.names.length <= MATRIX_NAMES ? matrixText(section) : confusionsText(section);
    case "texts":
      return section.texts.map((text) => `${text}\n`).join("");
    case "marked":
      return markedText(section);
    case "heatMaps":
    case "curves":
      return "";
    default:
      return section satisfies never;
  }
}

function tableText({ columns, rows }: TableSection): string {
  const shown = rows.slice(0, ROWS).map((row) => row.map(String));
  return formatTable([columns.map(({ title }) => title), ...shown]) + restOf(rows.length - ROWS, "rows");
}

function matrixText({ names, counts }: ConfusionSection): string {
  const rows = counts.map((row, index) => [names[index]!, ...row.map(formatWhole)]);
  return formatTable([["label \\ predicted", ...names], ...rows]);
}

/** The wrong pairs, most frequent first. */
function confusionsText({ names, counts }: ConfusionSection): string {
  const wrong = counts.flatMap((row, label) =>
    row.flatMap((count, predicted) =>
      count === 0 || label === predicted ? [] : [{ label: names[label]!, predicted: names[predicted]!, count }],
    ),
  );
  wrong.sort((a, b) => b.count - a.count);
  const rows = wrong.slice(0, LISTED).map(({ label, predicted, count }) => [label, predicted, formatWhole(count)]);
  return formatTable([["label", "predicted", "examples"], ...rows]) + restOf(wrong.length - LISTED, "pairs");
}

function markedText({ texts }: MarkedSection): string {
  const marker = new Marker(false);
  const shown = texts.slice(0, LISTED).map(({ title, parts }) => `${title}: ${marker.mark(parts)}\n`);
  return shown.join("") + restOf(texts.length - LISTED, "texts");
}

function restOf(count: number, what: string): string {
  return count > 0 ? `... and ${formatWhole(count)} more ${what}\n` : "";
}
