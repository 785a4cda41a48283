/** TER, the translation edit rate (Snover et al. 2006): edits, shifts of runs of words among them, a word of the reference; sacreBLEU's number. */
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { signatureOf, type TextMetric } from "../metric.ts";
import { trimEnd } from "../words.ts";
import { editsWithShifts } from "./shifts.ts";
import { tokenizeTercom } from "./tokenize-tercom.ts";

export interface TerOptions {
  /** Whether marks are split off and escapes of XML taken back. Default false. */
  readonly normalized?: boolean | undefined;
  /** Whether marks are left out. Default false. */
  readonly noPunctuation?: boolean | undefined;
  /** Whether the two know Chinese and Japanese: ideographs stand alone, and their marks count as marks. Default false. */
  readonly asianSupport?: boolean | undefined;
  /** Default false. */
  readonly caseSensitive?: boolean | undefined;
}

const optionNames: OptionNames<TerOptions> = {
  normalized: true,
  noPunctuation: true,
  asianSupport: true,
  caseSensitive: true,
};

/**
 * TER, in percent: 0 is best, and more than 100 is possible. Counts of a segment: the fewest edits to one of its references, and the mean length of
 * these.
 *
 * @throws {OptionError} if an option is unknown
 */
export function ter(options: TerOptions = {}): TextMetric {
  requireKnownOptions("ter", options, optionNames);
  const { normalized = false, noPunctuation = false, asianSupport = false, caseSensitive = false } = options;
  const wordsOf = (text: string) =>
    tokenizeTercom(trimEnd(text), { normalized, noPunctuation, asianSupport, caseSensitive });
  return {
    name: "TER",
    direction: "min",
    unit: "points",
    signature: (references, resamples) =>
      signatureOf(
        {
          case: caseSensitive ? "mixed" : "lc",
          tok: "tercom",
          norm: normalized,
          punct: !noPunctuation,
          asian: asianSupport,
        },
        references,
        resamples,
      ),
    count(hypothesis, references) {
      const ours = wordsOf(hypothesis);
      const theirs = references.map(wordsOf);
      const edits = theirs.map((words) => editsWithShifts(ours, words));
      const length = theirs.reduce((sum, words) => sum + words.length, 0) / theirs.length;
      return [Math.min(...edits), length];
    },
    score: ([edits = 0, length = 0]) => 100 * (length > 0 ? edits / length : Math.min(edits, 1)),
  };
}
