/** From the nodes of a YAML document to plain values with the place of each key; aliases unfold within bounds. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { isPlainMap, type PlainMap } from "../plain-map.ts";
import { type KeyPath, pathId } from "./key-path.ts";
import type { Place } from "./origin.ts";
import { MAX_DEPTH } from "./scan.ts";

/** Values that aliases or variables may stand for in all; a file written by hand needs a few. */
export const MAX_COPIES = 10_000;

/** What a document is read with. */
export interface Reading {
  /** Where an offset of the text is. */
  at(offset: number): Place;
  /** Throws an error about the text at an offset. */
  fail(offset: number, message: string): never;
}

/** Reads one document. */
export class PlainValues {
  origins = new Map<string, Place>();
  readonly #reading: Reading;
  readonly #anchors = new Map<string, Node>();
  /** The nodes around the one that is read. */
  readonly #around = new Set<unknown>();
  /** The outermost alias that is being unfolded. */
  #alias: Alias | undefined;
  #copies = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  valueOf(node: unknown, path: KeyPath): unknown {
    if (path.length > MAX_DEPTH) {
      return this.#reading.fail(offsetOf(node), `is nested deeper than ${MAX_DEPTH} levels here`);
    }
    if (this.#alias !== undefined && ++this.#copies > MAX_COPIES) {
      const message = `the aliases of this file stand for more than ${MAX_COPIES} values; write out what is needed`;
      return this.#reading.fail(offsetOf(this.#alias), message);
    }
    if (isAlias(node)) return this.#unfold(node, path);
    this.#remember(node);
    if (isScalar(node)) return node.value === 0 ? 0 : node.value; // -0 is 0
    if (!isMap(node) && !isSeq(node)) return null;
    this.#around.add(node);
    const value = isMap(node) ? this.#mapOf(node, path) : this.#listOf(node, path);
    this.#around.delete(node);
    return value;
  }

  #mapOf(node: YAMLMap, path: KeyPath): PlainMap {
    const map: PlainMap = {};
    let merged: Merged | undefined;
    for (const { key, value } of node.items) {
      const name = this.#nameOf(key);
      // In brackets `a:1` is one word, and so a key without a value.
      if (value === null && /^[\w.-]+:\S/.test(name))
        this.#reading.fail(offsetOf(key), "a space is missing behind the colon");
      const isMerge = isMergeKey(key);
      if (isMerge ? merged !== undefined : Object.hasOwn(map, name)) {
        this.#reading.fail(offsetOf(key), "this key stands here twice; remove one");
      }
      if (isMerge) {
        merged = this.#mergedOf(value, path, offsetOf(key));
        continue;
      }
      this.origins.set(pathId([...path, name]), this.#reading.at(offsetOf(key)));
      map[name] = this.valueOf(value, [...path, name]);
    }
    if (merged !== undefined) takeNew({ map, origins: this.origins }, merged, path);
    return map;
  }

  /** What `<<` takes over: a map, or several of which the first one that has a key wins. */
  #mergedOf(value: unknown, path: KeyPath, offset: number): Merged {
    const sources = isSeq(value) ? value.items : [value];
    const own = this.origins;
    const merged: Merged = { map: {}, origins: new Map() };
    for (const source of sources) {
      this.origins = new Map();
      const map = this.valueOf(source, path);
      if (!isPlainMap(map)) {
        return this.#reading.fail(offset, "`<<` takes a map of keys, or a list of maps, such as `<<: *base`");
      }
      takeNew(merged, { map, origins: this.origins }, path);
    }
    this.origins = own;
    return merged;
  }

  #listOf(node: YAMLSeq, path: KeyPath): unknown[] {
    return node.items.map((item, index) => {
      this.origins.set(pathId([...path, index]), this.#reading.at(offsetOf(item)));
      return this.valueOf(item, [...path, index]);
    });
  }

  /** A key is the text that stands in the file, also where it looks like a number. */
  #nameOf(key: unknown): string {
    const node = isAlias(key) ? this.#target(key) : key;
    this.#remember(node);
    const offset = offsetOf(key);
    if (!isScalar(node)) return this.#reading.fail(offset, "a key must be one word or a text in quotes");
    const name = typeof node.value === "string" ? node.value : textOf(node);
    if (name === "__proto__") return this.#reading.fail(offset, "no key can be named `__proto__`");
    if (name === "") return this.#reading.fail(offset, "a key is missing before this colon");
    return name;
  }

  #unfold(alias: Alias, path: KeyPath): unknown {
    const target = this.#target(alias);
    if (this.#around.has(target)) {
      return this.#reading.fail(offsetOf(alias), `*${alias.source} stands inside what it stands for`);
    }
    const outer = this.#alias;
    this.#alias ??= alias;
    const value = this.valueOf(target, path);
    this.#alias = outer;
    return value;
  }

  #target(alias: Alias): Node {
    const target = this.#anchors.get(alias.source);
    if (target !== undefined) return target;
    const { source } = alias;
    const hint = `mark the value meant as &${source}, or put the text in quotes: "*${source}"`;
    return this.#reading.fail(
      offsetOf(alias),
      `*${source} stands for a value marked &${source}, and there is none above; ${hint}`,
    );
  }

  /** Anchors hold from where they stand; those of a copy say nothing new. */
  #remember(node: unknown): void {
    if (this.#alias !== undefined || !(isScalar(node) || isMap(node) || isSeq(node))) return;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
  }
}

/** Keys that a map takes over, and where they were written. */
interface Merged {
  readonly map: PlainMap;
  readonly origins: Map<string, Place>;
}

/** Adds the keys that are not there yet, as a whole: `<<` merges one level, as YAML defines it. */
function takeNew(target: Merged, { map, origins }: Merged, path: KeyPath): void {
  for (const [key, value] of Object.entries(map)) {
    if (Object.hasOwn(target.map, key)) continue;
    target.map[key] = value;
    const id = pathId([...path, key]);
    for (const [inner, place] of origins) {
      if (inner === id || inner.startsWith(`${id.slice(0, -1)},`)) target.origins.set(inner, place);
    }
  }
}

/** `<<` without quotes. */
function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.value === "<<";
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function textOf({ source, value }: Scalar): string {
  return source ?? String(value);
}
