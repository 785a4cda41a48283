/** The checkpoint of a run that a fork begins from: found by what follows the `@` in `--fork <run>@epoch-3`. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { sha256 } from "@cellstate/files";
import type { TrainingState } from "@cellstate/training";
import { decodeCheckpoint, isCheckpointName } from "@cellstate/training/checkpoint";
import { RunFolderError, UsageError } from "../errors.ts";
import { asCaller, callerFolder } from "../paths.ts";
import { quote } from "../terminal/shell.ts";
import { type ConfigLock, readLock } from "./config-lock.ts";
import { findRun, runPaths } from "./folder.ts";

/** What a fork's lock says of where it came from. */
export interface Parent {
  /** Name of the run's folder. */
  readonly run: string;
  /** File of the checkpoint in it. */
  readonly checkpoint: string;
  readonly step: number;
  /** SHA-256 of that file, of which the fork keeps a copy. */
  readonly sha256: string;
  /** The metric by which the run chose its best weights. */
  readonly selection: string;
}

/** A checkpoint that a fork can begin from. */
export interface ParentCheckpoint {
  readonly parent: Omit<Parent, "selection">;
  readonly state: TrainingState;
  readonly bytes: Uint8Array;
  /** Of the run that wrote it. */
  readonly lock: ConfigLock;
  readonly lockPath: string;
  /** What names it again: `runs/my-run@step-120`. */
  readonly spec: string;
}

/**
 * The checkpoint that `<run>[@last|best|epoch-<n>|step-<n>]` names; without an `@` the last one.
 *
 * @throws {UsageError} if what follows the `@` is none of these
 * @throws {RunFolderError} if there is no such run or no such checkpoint, with those that there are
 * @throws {CheckpointError} if a checkpoint is damaged
 */
export function findParent(spec: string): ParentCheckpoint {
  const { name, wanted } = parseSpec(spec);
  const { run } = findRun(name, callerFolder());
  if (run === undefined) {
    throw new RunFolderError(
      `--fork ${spec}: ${name} is a saved model without its run; begin with its weights: ${initAdvice(name)}`,
    );
  }
  const paths = runPaths(run);
  const lock = readLock(paths.lock);
  const files = existsSync(paths.checkpoints) ? readdirSync(paths.checkpoints).filter(isCheckpointName).sort() : [];
  if (files.length === 0) {
    throw new RunFolderError(
      `--fork ${spec}: ${name} keeps no checkpoint (a finished run keeps what training.keepCheckpoints says); ` +
        `train it again with --set training.keepCheckpoints=last (or best, or { top: 3 }), or begin with its weights: ${initAdvice(name)}`,
    );
  }
  const found = files.map((file) => {
    const bytes = readFileSync(join(paths.checkpoints, file));
    return { file, bytes, state: decodeCheckpoint(bytes, join(paths.checkpoints, file), lock.configHash) };
  });
  const chosen = found.find(
    ({ state }) =>
      state.step ===
      stepOf(
        wanted,
        found.map((one) => one.state),
      ),
  );
  if (chosen === undefined) {
    const there = found.map(
      ({ state: { step, epoch } }) => `step-${step} (after ${epoch} epoch${epoch === 1 ? "" : "s"})`,
    );
    throw new RunFolderError(`--fork ${spec}: ${name} has no such checkpoint; there are ${there.join(", ")}`);
  }
  const { file, bytes, state } = chosen;
  return {
    parent: { run: basename(run), checkpoint: file, step: state.step, sha256: sha256(bytes) },
    state,
    bytes,
    lock,
    lockPath: paths.lock,
    spec: `${asCaller(run)}@step-${state.step}`,
  };
}

/** How the weights alone are taken. */
export function initAdvice(name: string): string {
  return `--set init.from=${quote(name)}`;
}

type Wanted = { readonly kind: "last" | "best" } | { readonly kind: "epoch" | "step"; readonly number: number };

/** A path may have an `@` of its own. */
function parseSpec(spec: string): { readonly name: string; readonly wanted: Wanted } {
  const at = spec.lastIndexOf("@");
  if (at <= 0 || statSync(resolve(callerFolder(), spec), { throwIfNoEntry: false })?.isDirectory() === true) {
    return { name: spec, wanted: { kind: "last" } };
  }
  const [name, what] = [spec.slice(0, at), spec.slice(at + 1)];
  if (what === "last" || what === "best") return { name, wanted: { kind: what } };
  const [, kind = "step", digits] = /^(?:(epoch|step)-?)?(\d{1,15})$/.exec(what) ?? [];
  if (digits !== undefined) return { name, wanted: { kind: kind as "epoch" | "step", number: Number(digits) } };
  throw new UsageError(
    `--fork ${spec}: expected last, best, epoch-<n> or step-<n> after the @, got ${JSON.stringify(what)}`,
  );
}

/** The first checkpoint after an epoch is the one at its end. */
function stepOf(wanted: Wanted, states: readonly TrainingState[]): number | undefined {
  switch (wanted.kind) {
    case "last":
      return states.at(-1)?.step;
    case "best":
      return states.at(-1)?.best?.step;
    case "step":
      return wanted.number;
    case "epoch":
      return states.find(({ epoch }) => epoch === wanted.number)?.step;
    default:
      return wanted satisfies never;
  }
}
