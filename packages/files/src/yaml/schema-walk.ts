/** Questions about a JSON Schema that error messages ask: which keys are valid here, where a key belongs. */
import { isPlainMap, type PlainMap } from "../plain-map.ts";
import { formatKeyPath, type KeyPath } from "./key-path.ts";

/** The keys that `schema` allows in the map at `path` of `value`, in the schema's order. */
export function validKeys(schema: PlainMap, path: KeyPath, value: unknown): string[] {
  const keys = new Set<string>();
  for (const branch of branchesAt(schema, path, value)) {
    if (isPlainMap(branch.properties)) for (const key of Object.keys(branch.properties)) keys.add(key);
  }
  return [...keys];
}

/** Every key path of the schema that ends in `key`, such as `training.epochs` for `epochs`. */
export function pathsEndingIn(schema: PlainMap, key: string): string[] {
  const found = new Set<string>();
  const visit = (node: unknown, path: KeyPath): void => {
    if (!isPlainMap(node)) return;
    for (const branch of alternatives(node)) visit(branch, path);
    if (!isPlainMap(node.properties)) return;
    for (const [name, inner] of Object.entries(node.properties)) {
      if (name === key) found.add(formatKeyPath([...path, name]));
      visit(inner, [...path, name]);
    }
  };
  visit(schema, []);
  return [...found];
}

/** The schemas that can hold for the value at `path`, one for each branch of a union that fits the values on the way. */
function branchesAt(schema: PlainMap, path: KeyPath, root: unknown): PlainMap[] {
  let nodes = fitting(schema, root);
  let value = root;
  for (const key of path) {
    value = isPlainMap(value) || Array.isArray(value) ? (value as Record<string | number, unknown>)[key] : undefined;
    nodes = nodes.flatMap((node) => {
      const properties = node.properties;
      const inner = typeof key === "number" ? node.items : isPlainMap(properties) ? properties[key] : undefined;
      return isPlainMap(inner) ? fitting(inner, value) : [];
    });
  }
  return nodes;
}

/** The branches that fit the value best. */
function fitting(node: PlainMap, value: unknown): PlainMap[] {
  const branches = leavesOf(node);
  const fits = branches.map((branch) => fitOf(branch, value));
  const best = Math.max(...fits);
  return branches.filter((_, index) => fits[index] === best);
}

function leavesOf(node: PlainMap): PlainMap[] {
  const branches = alternatives(node);
  return branches.length === 0 ? [node] : branches.flatMap(leavesOf);
}

function alternatives(node: PlainMap): PlainMap[] {
  const lists = [node.anyOf, node.oneOf, node.allOf];
  return lists.flatMap((list) => (Array.isArray(list) ? list.filter(isPlainMap) : []));
}

/**
 * How well a branch fits: 3 if a constant such as `kind: adamw` speaks for it, 2 if none speaks against it and no
 * required key is missing, 1 if one is missing, 0 if a constant or the type speaks against it.
 */
function fitOf(branch: PlainMap, value: unknown): number {
  if (!isPlainMap(branch.properties)) return isPlainMap(value) ? 0 : 2;
  if (!isPlainMap(value)) return 0;
  const agrees = Object.entries(branch.properties).flatMap(([key, inner]) =>
    isPlainMap(inner) && Object.hasOwn(inner, "const") && Object.hasOwn(value, key) ? [inner.const === value[key]] : [],
  );
  if (agrees.includes(false)) return 0;
  if (agrees.includes(true)) return 3;
  const required = Array.isArray(branch.required) ? branch.required : [];
  return required.every((key) => Object.hasOwn(value, key)) ? 2 : 1;
}
