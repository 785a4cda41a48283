/** Which labels are taken for which: a matrix of few labels, and of many the most confused pairs and the weakest labels. */
import type { ConfusionSection } from "@cellstate/tasks";
import { html, type SafeHtml } from "./html.ts";
import { cutText, LISTED_LABELS, MATRIX_LABELS, NAME_LENGTH } from "./limits.ts";
import { scrolling } from "./scrolling.ts";

/** Percent of colour behind a count that is all of its label; text above it stays readable, light and dark. */
const STRONGEST = 45;
/** Labels up to which the names of columns stand upright. */
const UPRIGHT_NAMES = 6;

/** Whether the report leaves numbers out, so that they need a file of their own. */
export function isLargeConfusion({ names }: Pick<ConfusionSection, "names">): boolean {
  return names.length > MATRIX_LABELS;
}

/** @param file  where all numbers are, for a confusion that is too large to be shown whole */
export function confusionTable(section: ConfusionSection, file: string | undefined): SafeHtml {
  return isLargeConfusion(section) ? summary(section, file) : matrix(section);
}

/** All counts that are not 0 as CSV: `label,predicted,count`, labels in their order. */
export function* confusionCsv({ names, counts }: ConfusionSection): Generator<string, void, undefined> {
  yield "label,predicted,count\n";
  for (const [row, values] of counts.entries()) {
    for (const [column, count] of values.entries()) {
      if (count > 0) yield `${csvCell(names[row]!)},${csvCell(names[column]!)},${count}\n`;
    }
  }
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function matrix({ title, names, counts }: ConfusionSection): SafeHtml {
  const shown = names.map((name) => cutText(name, NAME_LENGTH));
  const cell = (count: number, row: number, column: number, ofLabel: number) => {
    const share = ofLabel === 0 ? 0 : count / ofLabel;
    const text = `${count} of ${ofLabel}, ${(100 * share).toFixed(1)} %`;
    return html`<td class="number ${row === column ? "right" : "wrong"}" style="--share:${Math.round(share * STRONGEST)}%" title="${text}">${count}</td>`;
  };
  const drawn = html`<table class="confusion cells ${names.length > UPRIGHT_NAMES && "many"}">
<thead><tr><th scope="col">label \\ predicted</th>${shown.map((name) => html`<th scope="col" class="number"><span>${name}</span></th>`)}</tr></thead>
<tbody>${counts.map((values, row) => {
    const ofLabel = values.reduce((sum, count) => sum + count, 0);
    return html`
<tr><th scope="row">${shown[row]}</th>${values.map((count, column) => cell(count, row, column, ofLabel))}</tr>`;
  })}
</tbody></table>`;
  return html`<p>The stronger the colour, the larger the share of the label.</p>${scrolling(title, drawn)}`;
}

function summary({ title, names, counts }: ConfusionSection, file: string | undefined): SafeHtml {
  const labels = labelCounts(counts);
  const pairs = confusedPairs(counts).slice(0, LISTED_LABELS);
  const weakest = labels
    .filter(({ support }) => support > 0)
    .sort((a, b) => f1Of(a) - f1Of(b) || b.support - a.support)
    .slice(0, LISTED_LABELS);
  const name = (label: number) => cutText(names[label]!, NAME_LENGTH);
  const share = (part: number, whole: number) => (whole === 0 ? "–" : (part / whole).toFixed(3));
  return html`<p>${names.length} labels are too many for a matrix: here are the ${pairs.length} most confused pairs and the
${weakest.length} labels of the lowest F1.${file !== undefined && html` All counts are in <code>${file}</code>.`}</p>
${scrolling(
  `${title}: confused pairs`,
  html`<table class="examples">
<thead><tr><th>label</th><th>predicted</th><th class="number">times</th><th class="number">share of the label</th></tr></thead>
<tbody>${pairs.map(
    ({ row, column, count }) => html`
<tr><td>${name(row)}</td><td>${name(column)}</td><td class="number">${count}</td><td class="number">${share(count, labels[row]!.support)}</td></tr>`,
  )}
</tbody></table>`,
)}
${scrolling(
  `${title}: weakest labels`,
  html`<table class="examples">
<thead><tr><th>label</th><th class="number">examples</th><th class="number">precision</th><th class="number">recall</th><th class="number">F1</th></tr></thead>
<tbody>${weakest.map(
    (one) => html`
<tr><td>${name(one.label)}</td><td class="number">${one.support}</td><td class="number">${share(one.right, one.predicted)}</td><td class="number">${share(one.right, one.support)}</td><td class="number">${f1Of(one).toFixed(3)}</td></tr>`,
  )}
</tbody></table>`,
)}`;
}

interface LabelCounts {
  readonly label: number;
  readonly right: number;
  readonly support: number;
  predicted: number;
}

function labelCounts(counts: ConfusionSection["counts"]): LabelCounts[] {
  const labels = counts.map((row, label) => ({
    label,
    right: row[label]!,
    support: row.reduce((sum, count) => sum + count, 0),
    predicted: 0,
  }));
  for (const row of counts) {
    for (let column = 0; column < row.length; column++) labels[column]!.predicted += row[column]!;
  }
  return labels;
}

function f1Of({ right, support, predicted }: LabelCounts): number {
  return support + predicted === 0 ? 0 : (2 * right) / (support + predicted);
}

/** Pairs of different labels, most frequent first, then in the labels' order. */
function confusedPairs(counts: ConfusionSection["counts"]) {
  const pairs: { readonly row: number; readonly column: number; readonly count: number }[] = [];
  for (const [row, values] of counts.entries()) {
    for (let column = 0; column < values.length; column++) {
      if (column !== row && values[column]! > 0) pairs.push({ row, column, count: values[column]! });
    }
  }
  return pairs.sort((a, b) => b.count - a.count);
}
