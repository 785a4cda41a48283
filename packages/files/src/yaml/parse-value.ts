/** One value written as YAML behind a key on a command line. */
import { ConfigError } from "../errors.ts";
import { parseYaml } from "./parse-yaml.ts";
import { scanYaml } from "./scan.ts";

/** How a value begins that is more than plain words: brackets, quotes, anchors, tags, blocks. */
const MARKED = /^[[{"'&*!|>%@`]/;

/**
 * The value that a text stands for: `2`, `null`, `[a, b]` and `{ kind: sgd }` mean what they mean in a file, and nothing is null.
 *
 * Nothing is a comment here: plain words are taken whole, with any `#` that they have.
 *
 * @throws {ConfigError} if it is no YAML, has a line break, begins with `&`, which would be left out, or has a `#` behind brackets or
 *   quotes
 */
export function parseYamlValue(text: string): unknown {
  const value = text.trim();
  if (value === "") return null;
  if (/[\r\n]/.test(value)) refuse("a line break stands in it; write \\n in double quotes");
  if (value.startsWith("&")) refuse("& at its beginning would mark it for use elsewhere; put the value in quotes");
  const line = `value: ${value}`;
  if (scanYaml(line).hasComments) {
    if (!MARKED.test(value)) return value;
    refuse("a # behind it would begin a comment; leave that out, or put all of it in quotes");
  }
  return parseYaml(line, "value").values.value;
}

function refuse(message: string): never {
  throw new ConfigError([{ where: "value", path: "", message }]);
}
