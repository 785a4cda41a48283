/** What a linear classifier counts in a text: words and pairs of them, or characters where scripts put no spaces between words. */
import { SPACELESS, SPACELESS_SHARE } from "../../spaceless.ts";

export type NgramUnit = "words" | "characters";

/** A word, or a mark between words. */
const WORD = /[\p{L}\p{M}\p{N}_]+|[^\p{L}\p{M}\p{N}_\s]/gu;
/** Words, or characters, of the longest n-gram. */
const LONGEST: Readonly<Record<NgramUnit, number>> = { words: 2, characters: 3 };

/** What to count in such texts. */
export function unitOf(texts: Iterable<string>): NgramUnit {
  let [letters, spaceless] = [0, 0];
  for (const text of texts) {
    letters += text.match(/\p{L}/gu)?.length ?? 0;
    spaceless += text.match(SPACELESS)?.length ?? 0;
  }
  return spaceless > SPACELESS_SHARE * letters ? "characters" : "words";
}

/** The n-grams of a text in lower case, as often as they occur: words and marks alone and in pairs, or up to three characters. */
export function ngramsOf(text: string, unit: NgramUnit): string[] {
  const lower = text.toLowerCase();
  const parts = unit === "words" ? (lower.match(WORD) ?? []) : [...lower.replace(/\s+/gu, "")];
  const between = unit === "words" ? " " : "";
  const ngrams: string[] = [];
  for (let length = 1; length <= LONGEST[unit]; length++) {
    for (let at = 0; at + length <= parts.length; at++) ngrams.push(parts.slice(at, at + length).join(between));
  }
  return ngrams;
}
