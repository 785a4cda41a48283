/**
 * Unicode normalization in linear time, also for long runs of combining marks.
 *
 * Runtimes insert each mark by walking back over those before it, which takes hours for a million that alternate. Long
 * runs are therefore put into canonical order first. JavaScript does not tell the classes of marks, so they are ordered by
 * what normalization does with pairs of them.
 *
 * @see Unicode Standard, section 3.11 (canonical ordering algorithm)
 */

/** Marks, and the halfwidth voiced sound marks that compatibility forms turn into marks. */
const LONG_RUN = /[\p{M}\uff9e\uff9f]{256,}/gu;

/** Marks of the lowest and of the highest class. */
const LOWEST = "\u0334";
const HIGHEST = "\u0345";

/** The same as `text.normalize(form)`. */
export function normalizeText(text: string, form: "NFC" | "NFD" | "NFKC" | "NFKD"): string {
  if (text.length < 256) return text.normalize(form);
  const decomposed = form === "NFC" || form === "NFD" ? "NFD" : "NFKD";
  return text.replace(LONG_RUN, (run) => sortMarks(run, decomposed)).normalize(form);
}

/** A run of marks, decomposed and in canonical order: sorted by class between those that do not move. */
function sortMarks(run: string, form: "NFD" | "NFKD"): string {
  const marks = Array.from(run, (character) => Array.from(character.normalize(form))).flat();
  const ranks = ranksOf(marks);
  const sorted: string[] = [];
  let byRank: string[][] = [];
  for (const mark of marks) {
    const rank = ranks.get(mark);
    if (rank === undefined) {
      sorted.push(byRank.flat().join(""), mark);
      byRank = [];
    } else {
      byRank[rank] ??= [];
      byRank[rank].push(mark);
    }
  }
  return sorted.join("") + byRank.flat().join("");
}

/** A number for each mark that may move, in the order of their classes; equal for those that keep their order. */
function ranksOf(marks: readonly string[]): ReadonlyMap<string, number> {
  const movable = [...new Set(marks)]
    .filter((mark) => swaps(mark, LOWEST) || swaps(HIGHEST, mark))
    .sort((left, right) => Number(swaps(left, right)) - Number(swaps(right, left)));
  const ranks = new Map<string, number>();
  let rank = 0;
  for (const [index, mark] of movable.entries()) {
    const previous = movable[index - 1];
    if (previous !== undefined && swaps(mark, previous)) rank++;
    ranks.set(mark, rank);
  }
  return ranks;
}

function swaps(first: string, second: string): boolean {
  return (first + second).normalize("NFD") !== first + second;
}
