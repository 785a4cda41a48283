/** Short hashes of each value of a lock, so that whoever reads an altered lock can name the keys that differ. */
import { isPlainMap, sha256 } from "@cellstate/files";
import { formatKeyPath, type KeyPath } from "@cellstate/files/yaml";

/** Key path to the first letters of the SHA-256 of its value. */
export type Seals = Readonly<Record<string, string>>;

/** Letters of a hash that are kept. */
const SEAL_LENGTH = 8;

/** The seals of all values but those of `formatVersion` and of the seals themselves. */
export function sealValues({ formatVersion: _, seals: __, ...values }: Readonly<Record<string, unknown>>): Seals {
  const leaves = new Map<string, unknown[]>();
  collect(values, [], leaves);
  return Object.fromEntries([...leaves].map(([key, found]) => [key, hashValue(found).slice(0, SEAL_LENGTH)]));
}

/** A key whose value is not the one that was sealed. */
export interface BrokenSeal {
  readonly key: string;
  readonly change: "changed" | "added" | "removed";
}

/** The keys of which values and seals differ, in the order of the file. */
export function brokenSeals(values: Readonly<Record<string, unknown>>, seals: Seals): BrokenSeal[] {
  const now = sealValues(values);
  const removed = Object.keys(seals).filter((key) => !Object.hasOwn(now, key));
  const others = Object.keys(now).flatMap((key): BrokenSeal[] => {
    if (!Object.hasOwn(seals, key)) return [{ key, change: "added" }];
    return seals[key] === now[key] ? [] : [{ key, change: "changed" }];
  });
  return [...others, ...removed.map((key) => ({ key, change: "removed" as const }))];
}

/** The SHA-256 of plain values, whatever the order of their keys. */
export function hashValue(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** JSON with sorted keys and no spaces. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}

/** Two paths may read alike, such as `a.b` and `a` with `b` in it: their values share a seal. */
function collect(value: unknown, path: KeyPath, leaves: Map<string, unknown[]>): void {
  if (value === undefined) return;
  if (isPlainMap(value) && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key], leaves);
    return;
  }
  const key = formatKeyPath(path);
  leaves.set(key, [...(leaves.get(key) ?? []), value]);
}
