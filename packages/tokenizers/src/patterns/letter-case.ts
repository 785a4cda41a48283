/**
 * Letters that differ in nothing but case, for expressions that ignore it. JavaScript's own `(?i:…)` does not serve: in V8
 * it makes classes outside of the group ignore case too.
 */
import { literal } from "./pattern-reader.ts";

/** A class of a character and of all that differ from it in case only. */
export function anyCase(character: string): string {
  const variants = variantsOf(character);
  return variants.length === 1 ? literal(character) : `[${variants.map(literal).join("")}]`;
}

/** The characters outside of a class that differ only in case from one inside, as the body of a class. */
export function otherCases(body: string): string {
  const isInside = new RegExp(`[${body}]`, "v");
  const others = [...groups().values()].flatMap((variants) => {
    const outside = variants.filter((variant) => !isInside.test(variant));
    return outside.length < variants.length ? outside : [];
  });
  return others.map(literal).join("");
}

function variantsOf(character: string): readonly string[] {
  return groups().get(foldOf(character)) ?? [character];
}

let allGroups: ReadonlyMap<string, readonly string[]> | undefined;

/** All letters that have another case, by what they have in common. */
function groups(): ReadonlyMap<string, readonly string[]> {
  if (allGroups !== undefined) return allGroups;
  const byFold = new Map<string, string[]>();
  for (let codePoint = 0; codePoint < 0x20000; codePoint++) {
    if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
    const character = String.fromCodePoint(codePoint);
    const fold = foldOf(character);
    const group = byFold.get(fold);
    if (group !== undefined) group.push(character);
    else if (fold !== character || fold.toUpperCase() !== fold) byFold.set(fold, [character]);
  }
  allGroups = byFold;
  return byFold;
}

/** Lower case of the upper case, where those are single characters: "ſ", "S" and "s" have "s" in common; "ı" has nothing. */
function foldOf(character: string): string {
  if (character === "ı") return character;
  return single(single(character.toUpperCase(), character).toLowerCase(), character);
}

function single(text: string, otherwise: string): string {
  return text.length === 1 || [...text].length === 1 ? text : otherwise;
}
