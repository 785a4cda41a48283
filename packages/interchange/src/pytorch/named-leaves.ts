/** The tensors and plain values in dictionaries and lists of a pickle, by names joined with dots. */
import { ModelFormatError } from "../errors.ts";
import { PickleGlobal, type PickleValue } from "./pickle.ts";
import { TensorReference } from "./tensor-pickle.ts";

type Leaf = TensorReference | null | boolean | number | string;

/** Dictionaries in each other, as checkpoints have them; a pickle may also hold itself. */
const DEEPEST = 32;
const LONGEST_NAME = 4096;
/** A pickle can name one dictionary many times, so that walking it takes far longer than reading it. */
const MOST_LEAVES = 1_000_000;

/** @throws {ModelFormatError} if the contents are no dictionary or list, or hold themselves */
export function* namedLeaves(root: PickleValue, file: string): Generator<[string, Leaf]> {
  if (!(root instanceof Map) && !Array.isArray(root) && tensorOf(root) === undefined) {
    throw new ModelFormatError(file, "expected a dictionary of tensors (a state dict), got something else");
  }
  let count = 0;
  yield* walk(root, "", 0);

  function* walk(value: PickleValue, name: string, depth: number): Generator<[string, Leaf]> {
    if (depth > DEEPEST)
      throw new ModelFormatError(file, `${name.slice(0, 80)}… is deeper than ${DEEPEST} dictionaries`);
    if (name.length > LONGEST_NAME)
      throw new ModelFormatError(file, `the name ${name.slice(0, 80)}… is longer than ${LONGEST_NAME}`);
    if (++count > MOST_LEAVES) throw new ModelFormatError(file, `it names more than ${MOST_LEAVES} values`);
    const join = (key: unknown) => (name === "" ? String(key) : `${name}.${String(key)}`);
    if (value instanceof Map) {
      for (const [key, inner] of value) yield* walk(inner, join(keyText(key)), depth + 1);
    } else if (Array.isArray(value)) {
      for (const [index, inner] of value.entries()) yield* walk(inner, join(index), depth + 1);
    } else {
      const leaf = leafOf(value);
      if (leaf !== undefined) yield [name, leaf];
    }
  }
}

function keyText(key: PickleValue): string {
  return typeof key === "string" || typeof key === "number" || typeof key === "bigint" ? String(key) : "?";
}

/** Bytes, names and storages of their own are neither tensors nor values. */
function leafOf(value: PickleValue): Leaf | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number")
    return value;
  if (typeof value === "bigint") return String(value);
  if (value instanceof PickleGlobal) return value.name;
  return tensorOf(value);
}

function tensorOf(value: PickleValue): TensorReference | undefined {
  const made = typeof value === "object" && value !== null && "made" in value ? value.made : undefined;
  return made instanceof TensorReference ? made : undefined;
}
