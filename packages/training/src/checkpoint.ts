/**
 * A folder of checkpoints, safe against crashes at any moment: written aside, synced, renamed; read back by checksum.
 *
 * It is an entry of its own (`@cellstate/training/checkpoint`) because it needs a file system.
 */

import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { isLeftover, systemFaultOf, writeAside } from "@cellstate/files";
import { type OptionNames, requireKnownOptions } from "@cellstate/tensor";
import { decodeCheckpoint, encodeCheckpoint, ForeignCheckpointError, NewerFormatError } from "./checkpoint-format.ts";
import { CheckpointError } from "./errors.ts";
import { type KeptCheckpoints, keptScores } from "./kept-checkpoints.ts";
import type { CheckpointStore } from "./train-options.ts";
import type { TrainingState } from "./training-state.ts";

export { checkpointFormatVersion, decodeCheckpoint, encodeCheckpoint } from "./checkpoint-format.ts";
export { CheckpointError } from "./errors.ts";

const CHECKPOINT_NAME = /^step-(\d{8,})\.safetensors$/;
/** What earlier versions wrote aside. */
const OLD_LEFTOVER_NAME = /^step-\d{8,}\.safetensors\.tmp$/;

export interface CheckpointFolderOptions {
  /** Checkpoints that stay; older ones are removed. An integer >= 1. Default 2. */
  readonly keep?: number;
  /** Names the run that checkpoints belong to, such as by the hash of its config: those of others are refused. Default: none. */
  readonly run?: string | undefined;
  /** How many checkpoints at the best dev scores stay, too, however old they are; `true` is 1. Default false: none. */
  readonly keepBest?: boolean | number;
}

const optionNames: OptionNames<CheckpointFolderOptions> = { keep: true, run: true, keepBest: true };

/** The last valid checkpoint of a folder. */
export interface FoundCheckpoint {
  readonly state: TrainingState;
  readonly file: string;
}

/** The checkpoints of one run, `step-00000120.safetensors` and so on. One process at a time may write to it. */
export class CheckpointFolder implements CheckpointStore {
  readonly #folder: string;
  readonly #keep: number;
  readonly #run: string | undefined;
  readonly #keepBest: number;

  /**
   * @throws {OptionError} if an option is unknown
   * @throws {RangeError} unless `keep` is an integer >= 1 and `keepBest` true, false or an integer >= 0
   */
  constructor(folder: string, options: CheckpointFolderOptions = {}) {
    requireKnownOptions("CheckpointFolder", options, optionNames);
    const { keep = 2, run, keepBest = false } = options;
    if (!Number.isInteger(keep) || keep < 1) {
      throw new RangeError(`CheckpointFolder: expected keep to be an integer >= 1, got ${keep}`);
    }
    if (typeof keepBest === "number" && (!Number.isInteger(keepBest) || keepBest < 0)) {
      throw new RangeError(`CheckpointFolder: expected keepBest to be true, false or an integer >= 0, got ${keepBest}`);
    }
    this.#folder = folder;
    this.#keep = keep;
    this.#run = run;
    this.#keepBest = Number(keepBest);
  }

  /**
   * Writes a checkpoint and returns its path; makes the folder if need be. Checkpoints of later steps go, since the run
   * has fallen back behind them.
   *
   * @throws {CheckpointError} if the disk is full or refuses; earlier checkpoints stay whole
   */
  async write(state: TrainingState): Promise<string> {
    const file = join(this.#folder, `step-${String(state.step).padStart(8, "0")}.safetensors`);
    const bytes = encodeCheckpoint(state, this.#run);
    try {
      await writeAside(file, (aside) => aside.writeFile(bytes));
      await this.#tidy(state);
    } catch (error) {
      throw writeError(file, bytes.length, error);
    }
    return file;
  }

  /**
   * The last checkpoint that is whole; undefined if there is none.
   *
   * @param onDamaged told of each damaged file on the way
   * @throws {CheckpointError} if one is of a newer format, since going on from an older one would throw work away; or of
   *   another run
   */
  async latest(onDamaged?: (fault: CheckpointError) => void): Promise<FoundCheckpoint | undefined> {
    const entries = (await list(this.#folder)).filter(isCheckpoint).sort((a, b) => b.step - a.step);
    for (const { name } of entries) {
      const file = join(this.#folder, name);
      try {
        return { state: await readCheckpoint(file, this.#run), file };
      } catch (error) {
        if (error instanceof NewerFormatError || error instanceof ForeignCheckpointError) throw error;
        if (!(error instanceof CheckpointError)) throw error;
        onDamaged?.(error);
      }
    }
    return undefined;
  }

  /**
   * Removes the checkpoints that a finished run does not keep, and the folder if none stays. A call that was cut short is made
   * good by the next one.
   *
   * @param andLast  whether the last one stays, too, for a run that may go on. Default false
   */
  async prune(kept: KeptCheckpoints, andLast = false): Promise<void> {
    const keptSteps = [
      ...(kept === "none" ? [] : await this.#keptSteps(kept)),
      ...(andLast ? await this.#keptSteps("last") : []),
    ];
    for (const entry of await list(this.#folder)) {
      const isKept = entry.step !== undefined && keptSteps.includes(entry.step);
      if (!isKept && isOurs(entry)) await rm(join(this.#folder, entry.name), { force: true });
    }
    if (keptSteps.length === 0) await rmdir(this.#folder).catch(() => {}); // it is gone, or holds something else
  }

  /** The best checkpoints that are there; else the last. */
  async #keptSteps(kept: Exclude<KeptCheckpoints, "none">): Promise<readonly number[]> {
    const last = await this.latest();
    if (last === undefined) return [];
    const steps = (await list(this.#folder)).map(({ step }) => step);
    const best = bestSteps(last.state, keptScores(kept)).filter((step) => steps.includes(step));
    return best.length > 0 ? best : [last.state.step];
  }

  /** Removes what interrupted writes left, checkpoints after this state, and all but the last few and the best before it. */
  async #tidy(state: TrainingState): Promise<void> {
    const { step } = state;
    const best = bestSteps(state, this.#keepBest);
    const entries = await list(this.#folder);
    const checkpoints = entries.filter(isCheckpoint).sort((a, b) => b.step - a.step);
    const past = checkpoints.filter((entry) => entry.step <= step);
    const superseded = checkpoints.filter((entry) => entry.step > step);
    const old = past.slice(this.#keep).filter((entry) => !best.includes(entry.step));
    for (const { name } of [...superseded, ...old, ...entries.filter(isLeft)]) {
      await rm(join(this.#folder, name), { force: true });
    }
  }
}

/**
 * Reads one checkpoint.
 *
 * @param run  the run that it must belong to. Default: any
 * @throws {CheckpointError} naming the file and what is wrong with it
 */
export async function readCheckpoint(file: string, run?: string): Promise<TrainingState> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CheckpointError(file, `cannot be read (${codeOf(error) ?? String(error)})`, { cause: error });
  }
  return decodeCheckpoint(bytes, file, run);
}

/** Whether a file of this name is a checkpoint. */
export function isCheckpointName(name: string): boolean {
  return CHECKPOINT_NAME.test(name);
}

interface Entry {
  readonly name: string;
  readonly step: number | undefined;
}

function isCheckpoint(entry: Entry): entry is Entry & { step: number } {
  return entry.step !== undefined;
}

/** The steps of the best evaluations, best first. */
function bestSteps({ best, ranked }: TrainingState, count: number): readonly number[] {
  const scores = ranked.length > 0 || best === null ? ranked : [best];
  return scores.slice(0, count).map(({ step }) => step);
}

/** What an interrupted write left. */
function isLeft({ name }: Entry): boolean {
  return isLeftover(name) || OLD_LEFTOVER_NAME.test(name);
}

function isOurs(entry: Entry): boolean {
  return isCheckpoint(entry) || isLeft(entry);
}

async function list(folder: string): Promise<Entry[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
  return names.map((name) => {
    const digits = CHECKPOINT_NAME.exec(name)?.[1];
    return { name, step: digits === undefined ? undefined : Number(digits) };
  });
}

function writeError(file: string, sizeBytes: number, error: unknown): CheckpointError {
  const system = systemFaultOf(error);
  const fault =
    system?.code === "ENOSPC" || system?.code === "EDQUOT"
      ? `the disk is full, it needs ${sizeBytes} bytes; earlier checkpoints are whole: free some space, then resume`
      : `cannot be written: ${system === undefined ? String(error) : `${system.message} (${system.code})`}`;
  return new CheckpointError(file, fault, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
