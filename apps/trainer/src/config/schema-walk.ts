/** Questions about a JSON Schema that error messages ask: which keys are valid here, where a key belongs. */
import { formatKeyPath, isPlainMap, type KeyPath, type PlainMap } from "./key-path.ts";

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

function fitting(node: PlainMap, value: unknown): PlainMap[] {
  const branches = alternatives(node);
  if (branches.length === 0) return [node];
  const matching = branches.filter((branch) => constantsFit(branch, value));
  return (matching.length > 0 ? matching : branches).flatMap((branch) => fitting(branch, value));
}

function alternatives(node: PlainMap): PlainMap[] {
  const lists = [node.anyOf, node.oneOf, node.allOf];
  return lists.flatMap((list) => (Array.isArray(list) ? list.filter(isPlainMap) : []));
}

/** Whether no constant of the branch, such as `kind: adamw`, speaks against the value. */
function constantsFit(branch: PlainMap, value: unknown): boolean {
  if (!isPlainMap(branch.properties)) return !isPlainMap(value);
  if (!isPlainMap(value)) return false;
  return Object.entries(branch.properties).every(([key, inner]) => {
    if (!isPlainMap(inner) || !Object.hasOwn(inner, "const") || !Object.hasOwn(value, key)) return true;
    return inner.const === value[key];
  });
}
