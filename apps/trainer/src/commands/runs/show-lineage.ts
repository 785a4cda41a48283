/** Where a run came from and what came from it, by what locks say and by the hashes of what was taken. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { sha256 } from "@cellstate/files";
import { parseYaml } from "@cellstate/files/yaml";
import { MANIFEST_FILE } from "@cellstate/tasks";
import { RunFileError, RunFolderError } from "../../errors.ts";
import { asCaller, callerFolder } from "../../paths.ts";
import { type ConfigLock, readLock } from "../../run/config-lock.ts";
import { findRun, listRuns, runPaths } from "../../run/folder.ts";
import { FORMAT_VERSION } from "../../run/versioned.ts";
import { print, printJson } from "../../terminal/print.ts";

/** One step from a run to what it was made from. */
interface Origin {
  readonly kind: "fork" | "weights" | "config" | "group";
  /** Folder of the run, name of the config, folder of the group. */
  readonly from: string;
  /** Whether that run is where this one says, or found by its hash; undefined for what is no run. */
  readonly found?: boolean;
  /** Of a fork: the step at which it began. */
  readonly step?: number;
}

interface KnownRun {
  readonly folder: string;
  readonly lock: ConfigLock;
}

/** Files that the folder of several runs holds, such as those of several seeds, folds or points of a sweep. */
const GROUP_FILES = ["seeds.json", "sweep.json", "summary.json"];

/** What `cellstate runs lineage` does. @throws {RunFolderError} if there is no run of that name */
export function showLineage(name: string, { json }: { readonly json?: true | undefined }): void {
  const { run } = findRun(name, callerFolder());
  if (run === undefined)
    throw new RunFolderError(`${name} is a saved model without its run; only runs say where they came from`);
  const known = knownRuns(run);
  const self: KnownRun = { folder: run, lock: readLock(runPaths(run).lock) };
  const ancestors = ancestorsOf(self, known, new Set());
  const descendants = known.flatMap((other) =>
    originsOf(other, known).flatMap((origin) => (origin.from === run ? [{ run: other.folder, ...origin }] : [])),
  );
  if (json === true) {
    printJson({
      formatVersion: FORMAT_VERSION,
      run: asCaller(run),
      origins: ancestors.map(({ of, depth: _, ...origin }) => ({
        run: asCaller(of),
        ...origin,
        from: asCaller(origin.from),
      })),
      descendants: descendants.map(({ run: child, kind, step }) => ({
        run: asCaller(child),
        kind,
        ...(step === undefined ? {} : { step }),
      })),
    });
    return;
  }
  const lines = ancestors.map(({ depth, ...origin }) => `${"  ".repeat(depth + 1)}${describe(origin)}\n`);
  const below = descendants.map(
    ({ run: child, kind, step }) =>
      `  ${asCaller(child)}, ${kind === "fork" ? `a fork at step ${step}` : "with its weights"}\n`,
  );
  print(
    [
      `${asCaller(run)}\n`,
      ...(lines.length === 0 ? ["  came from nothing else\n"] : lines),
      ...(below.length === 0 ? [] : ["from it came\n", ...below]),
    ].join(""),
  );
}

interface Ancestor extends Origin {
  /** The run that came from it. */
  readonly of: string;
  readonly depth: number;
}

/** Origins of the run, of those that it came from, and so on. */
function ancestorsOf(run: KnownRun, known: readonly KnownRun[], seen: Set<string>, depth = 0): Ancestor[] {
  if (seen.has(run.folder)) return [];
  seen.add(run.folder);
  return originsOf(run, known).flatMap((origin) => {
    const next = known.find(({ folder }) => folder === origin.from);
    return [
      { ...origin, of: run.folder, depth },
      ...(next === undefined ? [] : ancestorsOf(next, known, seen, depth + 1)),
    ];
  });
}

function describe({ kind, from, found, step }: Origin): string {
  const gone = found === false ? " (no longer there)" : "";
  switch (kind) {
    case "fork":
      return `fork of ${asCaller(from)} at step ${step}${gone}`;
    case "weights":
      return `began with the weights of ${asCaller(from)}${gone}`;
    case "config":
      return `config extends ${from}`;
    case "group":
      return `one of the runs of ${asCaller(from)}`;
    default:
      return kind satisfies never;
  }
}

function originsOf({ folder, lock }: KnownRun, known: readonly KnownRun[]): Origin[] {
  return [...forkOf(lock, known), ...weightsOf(lock, known), ...extendsOf(lock), ...groupOf(folder)];
}

function forkOf({ parent }: ConfigLock, known: readonly KnownRun[]): Origin[] {
  if (parent === undefined) return [];
  const found = known.find(({ folder }) => basename(folder) === parent.run);
  return [{ kind: "fork", from: found?.folder ?? parent.run, found: found !== undefined, step: parent.step }];
}

/** By the hash of the manifest, so that a run is found wherever it was moved to. */
function weightsOf({ config, data }: ConfigLock, known: readonly KnownRun[]): Origin[] {
  const { init } = config as { readonly init?: { readonly from?: unknown } };
  if (typeof init?.from !== "string") return [];
  const hashes = new Set(Object.values(data ?? {}));
  const found = known.find(({ folder }) => {
    const manifest = join(runPaths(folder).model, MANIFEST_FILE);
    return existsSync(manifest) && hashes.has(sha256(readFileSync(manifest)));
  });
  return [{ kind: "weights", from: found?.folder ?? init.from, found: found !== undefined || existsSync(init.from) }];
}

function extendsOf({ configText }: ConfigLock): Origin[] {
  const { extends: base } = parseYaml(Buffer.from(configText), "config.yaml").values;
  return [base ?? []].flat().map((from) => ({ kind: "config", from: String(from) }));
}

function groupOf(folder: string): Origin[] {
  const around = dirname(folder);
  return GROUP_FILES.some((name) => existsSync(join(around, name))) ? [{ kind: "group", from: around }] : [];
}

/** The runs below `runs/` and those beside the run itself; damaged ones tell nothing. */
function knownRuns(run: string): KnownRun[] {
  const places = [resolve(callerFolder(), "runs"), dirname(run)];
  const folders = new Set(places.flatMap((place) => listRuns(place).map((name) => join(place, name))));
  return [...folders].flatMap((folder) => {
    try {
      return [{ folder, lock: readLock(runPaths(folder).lock) }];
    } catch (error) {
      if (error instanceof RunFileError) return [];
      throw error;
    }
  });
}
