/** The tokenizer "13a" of BLEU: what NIST's mteval-v13a script does to Western text, as sacreBLEU defines it (Post 2018). */
import { splitWesternText, trimEnd } from "../words.ts";

const SKIPPED = "<skipped>";

/** In this order: `&amp;lt;` becomes `<`, as in the original. */
const ENTITIES: readonly (readonly [string, string])[] = [
  ["&quot;", '"'],
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
];

/** The tokens of one segment. */
export function tokenize13a(segment: string): string[] {
  let line = trimEnd(segment).replaceAll(SKIPPED, "").replaceAll("-\n", "").replaceAll("\n", " ");
  for (const [entity, symbol] of ENTITIES) line = line.replaceAll(entity, symbol);
  return splitWesternText(` ${line} `);
}
