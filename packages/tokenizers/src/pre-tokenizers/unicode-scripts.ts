/**
 * Cuts where the script changes, such as from Latin to Cyrillic.
 *
 * Hiragana, katakana and the sign "ー" count as Han. A space, or a character without a known script, belongs to the piece
 * before it; at the start of a text it is dropped, as in Hugging Face's library. Characters added after Unicode 9 have no
 * script, as there.
 *
 * @see Unicode Standard Annex 24 (the script property)
 */
import type { JsonObject } from "../json.ts";
import { cutEach, type Pieces } from "../text/pieces.ts";
import { classBody } from "../text/unicode.ts";
import { SCRIPTED } from "../text/unicode-tables.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";

/** The scripts of Unicode 9. */
const SCRIPTS = (
  "Han Latin Common Inherited Hangul Cyrillic Greek Arabic Hebrew Devanagari Thai Bengali Tamil Telugu Adlam Ahom " +
  "Anatolian_Hieroglyphs Armenian Avestan Balinese Bamum Bassa_Vah Batak Bhaiksuki Bopomofo Brahmi Braille Buginese " +
  "Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Coptic Cuneiform Cypriot Deseret Duployan " +
  "Egyptian_Hieroglyphs Elbasan Ethiopic Georgian Glagolitic Gothic Grantha Gujarati Gurmukhi Hanunoo Hatran " +
  "Imperial_Aramaic Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Kayah_Li Kharoshthi Khmer " +
  "Khojki Khudawadi Lao Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Malayalam Mandaic Manichaean Marchen " +
  "Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean " +
  "New_Tai_Lue Newa Nko Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian " +
  "Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician " +
  "Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sora_Sompeng Sundanese " +
  "Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tangut Thaana Tibetan Tifinagh Tirhuta Ugaritic " +
  "Vai Warang_Citi Yi"
).split(" ");

const NO_SCRIPT = 0;
const HAN = 1 + SCRIPTS.indexOf("Han");
const HAS_SCRIPT = new RegExp(`[${classBody(SCRIPTED)}]`, "u");
const COUNTS_AS_HAN = /[\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u;

/** Characters that have another script since. */
const OLDER_SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["\u0589", "Common"],
  ["\u061c", "Common"],
  ["\u0953", "Devanagari"],
  ["\u0954", "Devanagari"],
]);

export class UnicodeScriptsPreTokenizer implements PreTokenizer {
  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, cutScripts);
  }

  toJson(): JsonObject {
    return { type: "UnicodeScripts" };
  }
}

function cutScripts(text: string, start: number, end: number, ranges: number[]): void {
  let last = NO_SCRIPT;
  let from = start;
  let at = start;
  for (const character of text.slice(start, end)) {
    const script = scriptOf(character);
    if (script !== NO_SCRIPT && script !== last) {
      if (last !== NO_SCRIPT) ranges.push(from, at);
      from = at;
      last = script;
    }
    at += character.length;
  }
  if (last !== NO_SCRIPT) ranges.push(from, end);
}

let expressions: readonly RegExp[] | undefined;
const known = new Map<string, number>();

/** The index in SCRIPTS, plus 1; 0 for none. */
function scriptOf(character: string): number {
  let script = known.get(character);
  if (script === undefined) {
    script = findScript(character);
    known.set(character, script);
  }
  return script;
}

function findScript(character: string): number {
  if (character === " " || !HAS_SCRIPT.test(character)) return NO_SCRIPT;
  if (COUNTS_AS_HAN.test(character)) return HAN;
  const older = OLDER_SCRIPTS.get(character);
  if (older !== undefined) return 1 + SCRIPTS.indexOf(older);
  expressions ??= SCRIPTS.map((name) => new RegExp(`\\p{Script=${name}}`, "u"));
  return 1 + expressions.findIndex((expression) => expression.test(character));
}
