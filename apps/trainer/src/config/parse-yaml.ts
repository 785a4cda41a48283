/** YAML text to plain values with the line and column of every key; refuses duplicate keys, alias bombs and anything half read. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { ConfigError } from "../errors.ts";
import { isPlainMap, type KeyPath, pathId } from "./key-path.ts";
import type { Layer } from "./layer.ts";

/** A config longer than this is no config. */
const maxConfigBytes = 1 << 20;
/** Copies that aliases may make in all; an experiment needs none or a few. */
const maxAliasCount = 50;
const maxDepth = 30;

/**
 * Reads the text of one YAML file.
 *
 * @param file  the name that error messages show
 * @throws {ConfigError} at the first line that is not plain YAML, with line and column
 */
export function parseYaml(text: string, file: string): Layer {
  const fail = (where: string, message: string): never => {
    throw new ConfigError([{ where, path: "", message }]);
  };
  if (text.length > maxConfigBytes) fail(file, `is larger than ${maxConfigBytes} bytes; a config is a small YAML file`);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const message = problem.code === "DUPLICATE_KEY" ? "this key stands here twice; remove one" : problem.message;
    fail(at(problem.pos[0]), message);
  }

  let values: unknown;
  try {
    values = document.toJS({ maxAliasCount });
  } catch (error) {
    fail(file, `the aliases of this file unfold into too much (more than ${maxAliasCount} copies): ${String(error)}`);
  }
  if (values === null || values === undefined) fail(file, "is empty; it must hold an experiment such as `name: ...`");
  if (!isPlainMap(values)) {
    return fail(
      `${file}:1:1`,
      `must be a map of keys such as \`name: ...\`, got ${Array.isArray(values) ? "a list" : "one value"}`,
    );
  }

  const origins = new Map([[pathId([]), `${file}:1:1`]]);
  const walk = (node: unknown, path: KeyPath): void => {
    if (path.length > maxDepth) fail(file, `is nested deeper than ${maxDepth} levels`);
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
