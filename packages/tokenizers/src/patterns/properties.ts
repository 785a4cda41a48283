/** Oniguruma's character types and properties as bodies of JavaScript character classes (flag v). */
import { classBody, WHITE_SPACE, WORD } from "../text/unicode.ts";
import { ASSIGNED, LETTERS, NUMBERS } from "../text/unicode-tables.ts";

/** `\w` inside of a class. */
const WORD_BODY = `[[${WORD}]--[\\u200c\\u200d]]`;

const ASSIGNED_BODY = classBody(ASSIGNED);

/** `\w` by itself: the numbers of Latin-1, such as "²", which its table for those characters has, are added. */
export const LONE_WORD_BODY = `${WORD_BODY}²³¹¼-¾`;

const HEX_BODY = "0-9A-Fa-f";
const GRAPH_BODY = `[[${ASSIGNED_BODY}]--[${WHITE_SPACE}\\p{Cc}\\p{Cs}]]`;

/** What `[:name:]` stands for. */
export const POSIX_BODIES: ReadonlyMap<string, string> = new Map([
  ["alnum", assigned("\\p{Alphabetic}\\p{Nd}")],
  ["alpha", assigned("\\p{Alphabetic}")],
  ["ascii", "\\p{ASCII}"],
  ["blank", "\\p{Zs}\\t"],
  ["cntrl", "\\p{Cc}"],
  ["digit", assigned("\\p{Nd}")],
  ["graph", GRAPH_BODY],
  ["lower", assigned("\\p{Lowercase}ʕ")],
  ["print", `${GRAPH_BODY}\\p{Zs}`],
  ["punct", assigned("\\p{P}\\p{S}")],
  ["space", WHITE_SPACE],
  ["upper", assigned("\\p{Uppercase}")],
  ["word", WORD_BODY],
  ["xdigit", HEX_BODY],
]);

/** What `\d` and its like stand for. */
export const TYPE_BODIES: ReadonlyMap<string, string> = new Map([
  ["d", assigned("\\p{Nd}")],
  ["h", HEX_BODY],
  ["s", WHITE_SPACE],
  ["w", WORD_BODY],
]);

/** Properties that differ from those of the runtime by more than the characters that are assigned. */
const FROZEN_BODIES: ReadonlyMap<string, string> = new Map([
  ["l", classBody(LETTERS)],
  ["letter", classBody(LETTERS)],
  ["n", classBody(NUMBERS)],
  ["number", classBody(NUMBERS)],
  ["cn", `[^${ASSIGNED_BODY}]`],
  ["unassigned", `[^${ASSIGNED_BODY}]`],
  ["c", `[[^${ASSIGNED_BODY}]\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}]`],
  ["other", `[[^${ASSIGNED_BODY}]\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}]`],
  // A letter of its own case since Unicode 17.
  ["ll", assigned("\\p{Ll}ʕ")],
  ["lowercaseletter", assigned("\\p{Ll}ʕ")],
  ["lo", assigned("[\\p{Lo}--ʕ]")],
  ["otherletter", assigned("[\\p{Lo}--ʕ]")],
  ["lowercase", assigned("\\p{Lowercase}ʕ")],
  ["lc", assigned("\\p{LC}ʕ")],
  ["casedletter", assigned("\\p{LC}ʕ")],
  ["cased", assigned("\\p{Cased}ʕ")],
  // These have code points that are not assigned.
  ["any", "\\p{Any}"],
  ["defaultignorablecodepoint", "\\p{DI}"],
  ["noncharactercodepoint", "\\p{NChar}"],
  ["patternsyntax", "\\p{Pat_Syn}"],
  ["unknown", `\\p{sc=Zzzz}[^${ASSIGNED_BODY}]`],
  ["zzzz", `\\p{sc=Zzzz}[^${ASSIGNED_BODY}]`],
]);

/** What `\p{name}` stands for, undefined if nothing: a POSIX name, category, script or other property, in any case. */
export function propertyBody(name: string): string | undefined {
  const compact = name.replace(/[\s_-]/g, "").toLowerCase();
  if (compact === "punct") return assigned("\\p{P}");
  const known = POSIX_BODIES.get(compact) ?? FROZEN_BODIES.get(compact);
  if (known !== undefined) return known;
  const words = name.split(/[\s_-]+/);
  const titled = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()).join("_");
  const body = [name, titled, `Script=${titled}`].map((each) => `\\p{${each}}`).find(isClassBody);
  return body === undefined ? undefined : assigned(body);
}

/** Of a set, what was assigned in Unicode 16, the version of Oniguruma's tables. */
function assigned(body: string): string {
  return `[[${body}]&&[${ASSIGNED_BODY}]]`;
}

function isClassBody(body: string): boolean {
  try {
    new RegExp(`[${body}]`, "v");
    return true;
  } catch {
    return false;
  }
}
