/** How much a report shows, so that it stays a page that opens at once, whatever the data are. */

/** Characters of a text of the data. */
const TEXT_LENGTH = 400;
/** Characters of a paragraph, such as a generated text. */
export const PARAGRAPH_LENGTH = 4000;
/** Characters of a name, such as a label's. */
export const NAME_LENGTH = 60;
/** Labels up to which the confusion is shown as a matrix. */
export const MATRIX_LABELS = 40;
/** Pairs of labels, and labels, that are listed where there are more. */
export const LISTED_LABELS = 50;
/** Rows of a table, and paragraphs. */
export const TABLE_ROWS = 200;
/** Rows of answers that changed sides, which are long on a phone. */
export const CHANGED_ROWS = 50;
/** Rows, and columns, of a heat map. */
export const MAP_TOKENS = 48;
/** Points of a curve. */
export const CURVE_POINTS = 400;
/** Characters of a config or a lock. */
export const FILE_LENGTH = 100_000;
/** Bytes of all sections together; with everything else a report stays below 2 MB. */
export const SECTION_BYTES = 1_300_000;

/**
 * The beginning of a text that is too long, with how long it is; cut between characters. A text that is little longer stays whole, since
 * saying so takes as much room.
 */
export function cutText(text: string, length: number = TEXT_LENGTH): string {
  if (text.length <= 1.25 * length) return text;
  const end = /[\ud800-\udbff]/.test(text[length - 1]!) ? length - 1 : length;
  return `${text.slice(0, end)} … (${text.length} characters in all)`;
}

/** The first entries of a list, and what to say of the others. */
export function firstOf<Entry>(entries: readonly Entry[], most: number): { shown: readonly Entry[]; left: number } {
  return { shown: entries.slice(0, most), left: Math.max(0, entries.length - most) };
}
