/** A JSON Schema in which what occurs more than once stands once, under a name that says what it is. */
import { isPlainMap, type PlainMap } from "@cellstate/files";

/** Characters from which a part is worth a name of its own. */
const MIN_LENGTH = 120;

/** What a reference to a map or a choice has beside it: it belongs to the place, not to the part. A plain value is shared with it. */
const ANNOTATIONS = ["description", "default"];

interface Part {
  count: number;
  /** Keys on the way to where it was seen first. */
  readonly path: readonly string[];
  readonly contents: PlainMap;
  name?: string;
}

/** The schema with its shared parts in `$defs`, sorted by name. */
export function shareParts(schema: PlainMap): PlainMap {
  const parts = new Map<string, Part>();
  countParts(schema, [], parts);
  const shared = [...parts.values()].filter(({ count }) => count > 1);
  const names = new Set<string>();
  for (const part of shared) part.name = nameOf(part, names);
  const definitions = shared.map(({ name, contents }) => [name!, referringInside(contents, parts)] as const);
  definitions.sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...(referringInside(schema, parts) as PlainMap), $defs: Object.fromEntries(definitions) };
}

/** Counts the parts of a node; of a part that occurs again, not what is in it. */
function countParts(node: unknown, path: readonly string[], parts: Map<string, Part>): void {
  if (Array.isArray(node)) for (const item of node) countParts(item, path.length === 0 ? titleOf(item) : path, parts);
  if (!isPlainMap(node)) return;
  if (isPart(node)) {
    const id = idOf(node);
    const known = parts.get(id);
    if (known !== undefined) {
      known.count++;
      return;
    }
    parts.set(id, { count: 1, path, contents: withoutAnnotations(node) });
  }
  for (const [key, inner] of Object.entries(node)) {
    if (key !== "properties" || !isPlainMap(inner)) countParts(inner, path, parts);
    else for (const [name, property] of Object.entries(inner)) countParts(property, [...path, name], parts);
  }
}

/** What a whole variant of the schema is called, for names of parts that several of them have under one key. */
function titleOf(node: unknown): readonly string[] {
  return isPlainMap(node) && typeof node.title === "string" ? [node.title] : [];
}

function referring(node: unknown, parts: Map<string, Part>): unknown {
  const name = isPlainMap(node) && isPart(node) ? parts.get(idOf(node))?.name : undefined;
  if (name === undefined || !isPlainMap(node)) return referringInside(node, parts);
  const { contents } = parts.get(idOf(node))!;
  const own = Object.entries(node).filter(([key]) => ANNOTATIONS.includes(key) && !(key in contents));
  return { ...Object.fromEntries(own), $ref: `#/$defs/${name}` };
}

function referringInside(node: unknown, parts: Map<string, Part>): unknown {
  if (Array.isArray(node)) return node.map((item) => referring(item, parts));
  if (!isPlainMap(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, referring(inner, parts)]));
}

/** A schema of its own, not a map of properties, and not a trifle. */
function isPart(node: PlainMap): boolean {
  const isSchema = ["type", "anyOf", "oneOf"].some((key) => typeof node[key] === "string" || Array.isArray(node[key]));
  return isSchema && idOf(node).length >= MIN_LENGTH;
}

function idOf(node: PlainMap): string {
  return JSON.stringify(withoutAnnotations(node));
}

function withoutAnnotations(node: PlainMap): PlainMap {
  if (!["properties", "anyOf", "oneOf", "items"].some((key) => key in node)) return node;
  return Object.fromEntries(Object.entries(node).filter(([key]) => !ANNOTATIONS.includes(key)));
}

/** `encoder-lstm`: the key that holds it and its title; with the keys around it where that is taken. */
function nameOf({ path, contents }: Part, taken: Set<string>): string {
  const title = typeof contents.title === "string" ? [contents.title] : [];
  for (let length = 1; ; length++) {
    const words = [...path.slice(-length), ...title].join("-").replace(/[^\w-]+/g, "-");
    const name = length <= path.length ? words : `${words}-${length - path.length + 1}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
