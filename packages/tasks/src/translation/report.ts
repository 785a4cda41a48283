/** What a report shows of a translator: texts beside their references, and what each token of an answer looked at. */
import type { HeatMap, ReportSection } from "../report-section.ts";
import type { PairExample } from "./data.ts";
import type { Translation } from "./predict.ts";

/** Translations that are shown. */
const SHOWN_TEXTS = 25;
/** Examples whose attention is shown. */
const SHOWN_ATTENTION = 4;

/** @param attentionOf  what the answer to one example looked at */
export async function reportTranslations(
  translations: readonly Translation[],
  examples: readonly PairExample[],
  split: string,
  attentionOf: (example: PairExample) => Promise<HeatMap>,
): Promise<ReportSection[]> {
  const maps: HeatMap[] = [];
  for (const example of examples.slice(0, SHOWN_ATTENTION)) maps.push(await attentionOf(example));
  return [
    textTable(translations, examples, split),
    {
      kind: "heatMaps",
      title: `Attention on ${split}`,
      note: "A row for each token that was written; the stronger the colour, the more it looked at a token of the source.",
      maps,
    },
  ];
}

/** Translations beside their references, wrong ones first. */
function textTable(
  translations: readonly Translation[],
  examples: readonly PairExample[],
  split: string,
): ReportSection {
  const rows = examples.map(({ index, source, reference = "" }, row) => ({
    index,
    source,
    reference,
    text: translations[row]!.text,
    isExact: translations[row]!.text === reference,
  }));
  const exact = rows.filter(({ isExact }) => isExact).length;
  return {
    kind: "table",
    title: `Translations of ${split}`,
    note: `${exact} of ${rows.length} equal their reference; the others first.`,
    columns: [{ title: "index", isNumber: true }, { title: "source" }, { title: "reference" }, { title: "prediction" }],
    rows: rows
      .toSorted((a, b) => Number(a.isExact) - Number(b.isExact))
      .slice(0, SHOWN_TEXTS)
      .map(({ index, source, reference, text }) => [index, source, reference, text]),
  };
}
