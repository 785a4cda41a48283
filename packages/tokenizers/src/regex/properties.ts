/** Oniguruma's character types and properties as bodies of JavaScript character classes (flag v). */
import { WHITE_SPACE } from "../unicode.ts";

/** `\w` inside of a class. */
const WORD_BODY = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";

/** `\w` by itself: the numbers of Latin-1, such as "²", which its table for those characters has, are added. */
export const LONE_WORD_BODY = `${WORD_BODY}²³¹¼-¾`;

const HEX_BODY = "0-9A-Fa-f";
const GRAPH_BODY = `[^${WHITE_SPACE}\\p{Cc}\\p{Cn}\\p{Cs}]`;

/** What `[:name:]` stands for. */
export const POSIX_BODIES: ReadonlyMap<string, string> = new Map([
  ["alnum", "\\p{Alphabetic}\\p{Nd}"],
  ["alpha", "\\p{Alphabetic}"],
  ["ascii", "\\p{ASCII}"],
  ["blank", "\\p{Zs}\\t"],
  ["cntrl", "\\p{Cc}"],
  ["digit", "\\p{Nd}"],
  ["graph", GRAPH_BODY],
  ["lower", "\\p{Lowercase}"],
  ["print", `${GRAPH_BODY}\\p{Zs}`],
  ["punct", "\\p{P}\\p{S}"],
  ["space", WHITE_SPACE],
  ["upper", "\\p{Uppercase}"],
  ["word", WORD_BODY],
  ["xdigit", HEX_BODY],
]);

/** What `\d` and its like stand for. */
export const TYPE_BODIES: ReadonlyMap<string, string> = new Map([
  ["d", "\\p{Nd}"],
  ["h", HEX_BODY],
  ["s", WHITE_SPACE],
  ["w", WORD_BODY],
]);

/** What `\p{name}` stands for, undefined if nothing: a POSIX name, category, script or other property, in any case. */
export function propertyBody(name: string): string | undefined {
  const compact = name.replace(/[\s_-]/g, "").toLowerCase();
  if (compact === "punct") return "\\p{P}";
  const posix = POSIX_BODIES.get(compact);
  if (posix !== undefined) return posix;
  const words = name.split(/[\s_-]+/);
  const titled = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()).join("_");
  return [name, titled, `Script=${titled}`].map((each) => `\\p{${each}}`).find(isClassBody);
}

function isClassBody(body: string): boolean {
  try {
    new RegExp(`[${body}]`, "v");
    return true;
  } catch {
    return false;
  }
}
