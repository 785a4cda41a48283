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
  visitPaths(schema, [], (path) => {
    if (path.at(-1) === key) found.add(formatKeyPath(path));
  });
  return [...found];
}

function visitPaths(node: unknown, path: KeyPath, visit: (path: KeyPath) => void): void {
  if (!isPlainMap(node)) return;
  for (const branch of alternatives(node)) visitPaths(branch, path, visit);
  if (!isPlainMap(node.properties)) return;
  for (const [name, inner] of Object.entries(node.properties)) {
    visit([...path, name]);
    visitPaths(inner, [...path, name], visit);
  }
}

/** Every key path of the schema. */
export function allPaths(schema: PlainMap): string[] {
  const found = new Set<string>();
  visitPaths(schema, [], (path) => found.add(formatKeyPath(path)));
  return [...found];
}

/** What a key holds, as far as it is known; it chooses among the branches of a schema. */
type ReadKey = (path: KeyPath) => unknown;

/** The default of the schema for a key that is not written; undefined where it has none. */
export function defaultAt(schema: PlainMap, path: KeyPath, read: ReadKey): unknown {
  return nodesAt(schema, path, read).find((node) => node.default !== undefined)?.default;
}

/** What JSON Schema calls the types of the values that a key takes. */
export function typesAt(schema: PlainMap, path: KeyPath, read: ReadKey): Set<string> {
  return new Set(nodesAt(schema, path, read).flatMap(leavesOf).flatMap(typesOf));
}

function typesOf({ type, const: only, enum: several }: PlainMap): string[] {
  if (type === "integer") return ["number"];
  if (typeof type === "string") return [type];
  return [only, ...(Array.isArray(several) ? several : [])].map((value) => typeof value);
}

/** The schemas of a key, with what the default of a map around it says. */
function nodesAt(schema: PlainMap, path: KeyPath, read: ReadKey): PlainMap[] {
  let nodes: PlainMap[] = [schema];
  for (const [index, key] of path.entries()) {
    const prefix = path.slice(0, index);
    nodes = nodes.flatMap((node) =>
      leavesOf(node).flatMap((branch) => {
        const around = node.default ?? branch.default;
        const { properties } = branch;
        const inner = typeof key === "number" ? branch.items : isPlainMap(properties) ? properties[key] : undefined;
        if (!isPlainMap(inner) || !isChosen(branch, prefix, around, read)) return [];
        const value = isPlainMap(around) ? around[key] : undefined;
        return [value === undefined ? inner : { ...inner, default: value }];
      }),
    );
  }
  return nodes;
}

/** Whether no constant, such as `kind: adamw`, speaks against a branch. */
function isChosen({ properties }: PlainMap, prefix: KeyPath, around: unknown, read: ReadKey): boolean {
  return Object.entries(isPlainMap(properties) ? properties : {}).every(([name, inner]) => {
    if (!isPlainMap(inner) || inner.const === undefined) return true;
    const value = read([...prefix, name]) ?? (isPlainMap(around) ? around[name] : undefined) ?? inner.default;
    return value === inner.const;
  });
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
