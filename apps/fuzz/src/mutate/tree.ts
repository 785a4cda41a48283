/**
 * Changes of JSON documents as trees: values go, come twice, change their type or place, nest deeply, get names of properties.
 *
 * The tree can hold what a JavaScript object cannot: keys twice, `__proto__` as a key, numbers beyond all types.
 */
import type { Random } from "../random.ts";
import type { Mutator } from "../target.ts";
import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from "./hostile.ts";
import { bytesOfText, textOfBytes } from "./text.ts";

type Node =
  | { readonly kind: "raw"; readonly text: string }
  | { readonly kind: "list"; readonly items: Node[] }
  | { readonly kind: "map"; readonly entries: [key: string, value: Node][] };

/** Reads the document that an input holds; undefined if it holds none. */
export type ParseTree = (text: string) => unknown;

/** Mutators of documents that `parse` reads and that JSON can stand for; an input that is none stays as it is. */
export function treeMutators(parse: ParseTree = JSON.parse): readonly Mutator[] {
  return [
    (input, random) => {
      const root = parseTree(textOfBytes(input), parse);
      if (root === undefined) return input;
      let changed = root;
      for (let count = random.few(3); count > 0; count--) changed = changeTree(changed, random);
      return bytesOfText(writeTree(changed));
    },
  ];
}

function parseTree(text: string, parse: ParseTree): Node | undefined {
  try {
    return toNode(parse(text));
  } catch {
    return undefined;
  }
}

/** What lies deeper than any reader accepts stays one piece. */
const MAX_DEPTH = 200;

function toNode(value: unknown, depth = 0): Node {
  if (typeof value === "object" && value !== null && depth < MAX_DEPTH) {
    if (Array.isArray(value)) return { kind: "list", items: value.map((item) => toNode(item, depth + 1)) };
    return { kind: "map", entries: Object.entries(value).map(([key, inner]) => [key, toNode(inner, depth + 1)]) };
  }
  return { kind: "raw", text: JSON.stringify(value) ?? "null" };
}

function writeTree(node: Node): string {
  switch (node.kind) {
    case "raw":
      return node.text;
    case "list":
      return `[${node.items.map(writeTree).join(",")}]`;
    case "map":
      return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}: ${writeTree(value)}`).join(",")}}`;
    default:
      return node satisfies never;
  }
}

/** One place of a tree: how to replace what is there. */
interface Slot {
  readonly node: Node;
  set(node: Node): void;
}

function* slotsOf(node: Node, set: (node: Node) => void): Generator<Slot> {
  yield { node, set };
  if (node.kind === "list") {
    for (const [index, item] of node.items.entries()) yield* slotsOf(item, (changed) => (node.items[index] = changed));
  } else if (node.kind === "map") {
    for (const entry of node.entries) yield* slotsOf(entry[1], (changed) => (entry[1] = changed));
  }
}

function changeTree(root: Node, random: Random): Node {
  let changed = root;
  const slots = [...slotsOf(root, (node) => (changed = node))];
  const slot = random.pick(slots);
  const other = random.pick(slots).node;
  switch (random.below(8)) {
    case 0:
      slot.set(hostileNode(random));
      break;
    case 1:
      slot.set(retyped(slot.node, random));
      break;
    case 2:
      slot.set(copyOf(other));
      break;
    default:
      changeMembers(slot.node, random, other);
  }
  return changed;
}

function changeMembers(node: Node, random: Random, other: Node): void {
  if (node.kind === "raw") return;
  const members: unknown[] = node.kind === "list" ? node.items : node.entries;
  const at = random.below(members.length + 1);
  switch (random.below(4)) {
    case 0:
      members.splice(at, 1);
      return;
    case 1:
      if (node.kind === "list") node.items.splice(at, 0, random.oneIn(2) ? hostileNode(random) : copyOf(other));
      else
        node.entries.splice(at, 0, [hostileKey(node, random), random.oneIn(2) ? hostileNode(random) : copyOf(other)]);
      return;
    case 2:
      members.reverse();
      return;
    default: {
      if (node.kind === "list") {
        const item = node.items[at];
        if (item !== undefined) node.items.splice(at, 0, ...random.times(random.few(20), () => copyOf(item)));
        return;
      }
      const entry = node.entries[at];
      if (entry !== undefined) entry[0] = hostileKey(node, random);
    }
  }
}

function hostileKey(node: Node & { kind: "map" }, random: Random): string {
  const keys = node.entries.map(([key]) => key);
  if (keys.length > 0 && random.oneIn(3)) return random.pick(keys);
  if (keys.length > 0 && random.oneIn(3)) return random.pick(keys).slice(1);
  return random.pick(HOSTILE_TEXTS);
}

function hostileNode(random: Random): Node {
  const text = () => JSON.stringify(random.pick(HOSTILE_TEXTS));
  switch (random.below(6)) {
    case 0:
      return { kind: "raw", text: random.pick(["null", "true", "false", "[]", "{}", "[[]]", "[null]", '{"":0}']) };
    case 1:
    case 2:
      return { kind: "raw", text: random.pick(HOSTILE_NUMBERS) };
    case 3: {
      const depth = random.pick([2, 20, 150, 2000]);
      const [open, close] = random.pick([
        ["[", "]"],
        ['{"a":', "}"],
      ]) as [string, string];
      return { kind: "raw", text: `${open.repeat(depth)}0${close.repeat(depth)}` };
    }
    default:
      return { kind: "raw", text: text() };
  }
}

/** The same value as another type: a number as text, a value in a list, a list as a map of its places. */
function retyped(node: Node, random: Random): Node {
  switch (random.below(3)) {
    case 0:
      return { kind: "list", items: [node] };
    case 1:
      return { kind: "map", entries: [[random.pick(["0", "kind", "type", "value", "__proto__"]), node]] };
    default:
      if (node.kind !== "raw") return { kind: "raw", text: JSON.stringify(writeTree(node)) };
      return {
        kind: "raw",
        text: node.text.startsWith('"') ? node.text.slice(1, -1) || "0" : JSON.stringify(node.text),
      };
  }
}

function copyOf(node: Node): Node {
  if (node.kind === "list") return { kind: "list", items: node.items.map(copyOf) };
  if (node.kind === "map") return { kind: "map", entries: node.entries.map(([key, value]) => [key, copyOf(value)]) };
  return node;
}
