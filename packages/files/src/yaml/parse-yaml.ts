/** YAML text to plain values with the line and column of every key; refuses duplicate keys, alias bombs and anything half read. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { ConfigError } from "../errors.ts";
import { isPlainMap } from "../plain-map.ts";
import { type KeyPath, pathId } from "./key-path.ts";
import type { Origin, Place, TracedValues } from "./origin.ts";

/** Nobody writes a longer file by hand. */
const MAX_CHARACTERS = 1 << 20;
/** Copies that aliases may make in all; a file written by hand needs none or a few. */
const MAX_ALIAS_COUNT = 50;
const MAX_DEPTH = 30;

/**
 * Reads the text of one YAML file.
 *
 * @param file  the name that error messages show
 * @returns a map of keys, with the place of each
 * @throws {ConfigError} at the first line that is not plain YAML, with line and column
 */
export function parseYaml(text: string, file: string): TracedValues {
  const fail = (where: Origin, message: string): never => {
    throw new ConfigError([{ where, path: "", message }]);
  };
  if (text.length > MAX_CHARACTERS) fail(file, `is longer than ${MAX_CHARACTERS} characters; a small file is expected`);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line, column: col };
  };
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const message = problem.code === "DUPLICATE_KEY" ? "this key stands here twice; remove one" : problem.message;
    fail(at(problem.pos[0]), message);
  }

  let values: unknown;
  try {
    values = document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  } catch (error) {
    fail(file, `the aliases of this file unfold into too much (more than ${MAX_ALIAS_COUNT} copies): ${String(error)}`);
  }
  if (values === null || values === undefined) fail(file, "is empty; it must be a map of keys such as `name: ...`");
  if (!isPlainMap(values)) {
    return fail(
      at(0),
      `must be a map of keys such as \`name: ...\`, got ${Array.isArray(values) ? "a list" : "one value"}`,
    );
  }

  const origins = new Map([[pathId([]), at(0)]]);
  const walk = (node: unknown, path: KeyPath): void => {
    if (path.length > MAX_DEPTH) fail(file, `is nested deeper than ${MAX_DEPTH} levels`);
    const inner = isAlias(node) ? node.resolve(document) : (node as Node | null);
    if (isMap(inner)) {
      for (const { key, value } of inner.items) {
        const name = isScalar(key) ? String(key.value) : String(key);
        const offset = (key as Node).range?.[0] ?? 0;
        if (name === "__proto__") fail(at(offset), "no key can be named `__proto__`");
        origins.set(pathId([...path, name]), at(offset));
        walk(value, [...path, name]);
      }
    } else if (isSeq(inner)) {
      for (const [index, item] of inner.items.entries()) {
        origins.set(pathId([...path, index]), at((item as Node).range?.[0] ?? 0));
        walk(item, [...path, index]);
      }
    }
  };
  walk(document.contents, []);
  return { values, origins };
}
