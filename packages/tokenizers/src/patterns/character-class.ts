/** Translates `[…]` of Oniguruma: nested classes, intersections, POSIX brackets and properties. */
import { otherCases } from "./letter-case.ts";
import { literal, type PatternReader, UntranslatableError } from "./pattern-reader.ts";
import { POSIX_BODIES, propertyBody, TYPE_BODIES } from "./properties.ts";

/**
 * A class behind its opening bracket, as one of JavaScript with the flag v.
 *
 * @param ignoreCase letters stand for those of the other case too
 */
export function translateClass(reader: PatternReader, ignoreCase = false): string {
  const negation = reader.take("^") ? "^" : "";
  const operands: string[] = [];
  let body = reader.take("]") ? literal("]") : "";
  while (!reader.take("]")) {
    if (reader.take("&&")) {
      operands.push(body);
      body = "";
    } else body += translateItem(reader);
  }
  if (operands.length > 0) body = [...operands, body].map((operand) => `[${operand}]`).join("&&");
  if (ignoreCase) body = `[${body}]${otherCases(body)}`;
  return `[${negation}${body}]`;
}

/** `\d`, `\p{…}` and their like behind the backslash, as the body of a class; undefined if it is another escape. */
export function translateType(reader: PatternReader): string | undefined {
  const property = reader.match(/([pP])\{(\^?)([^}]*)\}/y);
  if (property !== undefined) {
    const [, letter, caret, name = ""] = property;
    const body = propertyBody(name);
    if (body === undefined) throw new UntranslatableError(`there is no property ${name}`);
    return (letter === "P") !== (caret === "^") ? `[^${body}]` : body;
  }
  const type = reader.match(/[dDhHsSwW]/y)?.[0];
  if (type === undefined) return undefined;
  const body = TYPE_BODIES.get(type.toLowerCase()) ?? "";
  return type === type.toLowerCase() ? body : `[^${body}]`;
}

function translateItem(reader: PatternReader): string {
  const posix = reader.match(/\[:(\^?)([a-z]+):\]/y);
  if (posix !== undefined) {
    const body = POSIX_BODIES.get(posix[2] ?? "");
    if (body === undefined) throw new UntranslatableError(`there is no class ${posix[0]}`);
    return posix[1] === "^" ? `[^${body}]` : body;
  }
  if (reader.take("[")) return translateClass(reader);
  const first = translateCharacter(reader);
  if (first.isSet || reader.match(/-(?=[^\]])/y) === undefined) return first.text;
  if (reader.take("[")) return first.text + literal("-") + translateClass(reader);
  const last = translateCharacter(reader);
  if (last.isSet) throw new UntranslatableError("a range in a class ends with a class");
  return `${first.text}-${last.text}`;
}

function translateCharacter(reader: PatternReader): { readonly text: string; readonly isSet: boolean } {
  if (!reader.take("\\")) return { text: literal(reader.next()), isSet: false };
  const type = translateType(reader);
  if (type !== undefined) return { text: type, isSet: true };
  return { text: literal(reader.take("b") ? "\b" : reader.escapedCharacter()), isSet: false };
}
