/** What a look at data can find, and the records that it looks at. */

/** How bad it is: a `fault` ends training, `serious` makes scores wrong or low, `minor` is worth a look. */
type Severity = "fault" | "serious" | "minor";

export interface Finding {
  /** What was looked for, in a few words that stay the same, such as `duplicates within train`. */
  readonly check: string;
  readonly severity: Severity;
  /** What was found and what to do about it, in sentences. */
  readonly message: string;
  /** Where: `file:line` and the beginning of the text, the clearest first. */
  readonly examples: readonly string[];
}

/** A record as the checks see it. */
export interface LintRecord {
  /** What the model reads, joined. */
  readonly text: string;
  /** The texts by role, targets too. */
  readonly texts: Readonly<Record<string, string>>;
  /** The category to learn; undefined where the task has none. */
  readonly label: string | undefined;
  readonly file: string;
  readonly line: number;
  /** `file:line`, as the caller would type it. */
  readonly place: string;
}

export type LintSplits = ReadonlyMap<string, readonly LintRecord[]>;

/** Examples that a message shows; JSON has more. */
export const SHOWN_EXAMPLES = 3;
/** Examples that a finding keeps. */
export const KEPT_EXAMPLES = 200;
/** Characters of a text that an example shows. */
const SHOWN_TEXT = 60;

/** `file:line` and the beginning of the text. */
export function exampleOf({ place, text }: LintRecord, note = ""): string {
  const line = text.replace(/\s+/g, " ").trim();
  const short = [...line].length > SHOWN_TEXT ? `${[...line].slice(0, SHOWN_TEXT).join("")}...` : line;
  return `${place}${note === "" ? "" : ` (${note})`}: ${short}`;
}

/** A share for a sentence: `4.5 %`. */
export function percent(part: number, whole: number): string {
  const share = (100 * part) / Math.max(1, whole);
  return `${share > 0 && share < 0.1 ? "less than 0.1" : share.toFixed(share < 10 ? 1 : 0)} %`;
}

const ORDER: readonly Severity[] = ["fault", "serious", "minor"];

/** The worst first, and else in the order of the checks. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}
