/** The tokenizer "tercom" of TER: what Tercom's Normalizer does to texts (Snover et al. 2006), as sacreBLEU defines it. */
import { splitAtSpace } from "../words.ts";

export interface TercomOptions {
  readonly normalized: boolean;
  readonly noPunctuation: boolean;
  readonly asianSupport: boolean;
  readonly caseSensitive: boolean;
}

const ASIAN_MARKS = /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb]/gu;
const FULL_WIDTH_MARKS = /[\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/gu;
const WESTERN_MARKS = /[.,?:;!"()]/gu;

/** Ideographs, strokes and radicals, compatibility forms, and from the enclosed letters on as far as the definition reaches. */
const IDEOGRAPHS = [
  /[\u4e00-\u9fff\u3400-\u4dbf]/gu,
  /[\u31c0-\u31ef\u2e80-\u2eff]/gu,
  /[\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f]/gu,
  /[\u3200-\u3f22]/gu,
];

/** In this order, as the definition replaces them. */
const WESTERN: readonly (readonly [RegExp, string])[] = [
  [/\n-/gu, ""],
  [/\n/gu, " "],
  [/&quot;/gu, '"'],
  [/&amp;/gu, "&"],
  [/&lt;/gu, "<"],
  [/&gt;/gu, ">"],
  [/^|$/gu, " "],
  [/[ -&(-+:-@/[-`{-~]/gu, " $& "],
  [/'s /gu, " 's "],
  [/([^0-9])([.,])/gu, "$1 $2 "],
  [/([.,])([^0-9])/gu, " $1 $2"],
  [/([0-9])(-)/gu, "$1 $2 "],
];

/** The tokens of one segment. */
export function tokenizeTercom(
  segment: string,
  { normalized, noPunctuation, asianSupport, caseSensitive }: TercomOptions,
): string[] {
  let text = caseSensitive ? segment : segment.toLowerCase();
  if (normalized) {
    for (const [pattern, replacement] of WESTERN) text = text.replace(pattern, replacement);
    // Runs of kana would be split as well, but only where they begin a text, and a text begins with a space by now.
    if (asianSupport) {
      for (const pattern of [...IDEOGRAPHS, ASIAN_MARKS, FULL_WIDTH_MARKS]) text = text.replace(pattern, " $& ");
    }
  }
  if (noPunctuation) {
    text = text.replace(WESTERN_MARKS, "");
    if (asianSupport) text = text.replace(ASIAN_MARKS, "").replace(FULL_WIDTH_MARKS, "");
  }
  return splitAtSpace(text);
}
