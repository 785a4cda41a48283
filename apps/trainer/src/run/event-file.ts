/** `tensorboard/`: the event file of a run, appended to as it trains; cut back to the checkpoint on resume. */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { guardDisk, writeFileAtomic } from "@cellstate/files";
import { decodeEvents, encodeEvent, encodeFileStart, type TensorBoardEvent } from "@cellstate/training/tensorboard";

export class EventFile {
  readonly #path: string;
  readonly #file: number;

  /**
   * Opens the file behind its last event at or before `step`, or begins a new one.
   *
   * @throws {DiskError} if the disk refuses
   */
  constructor(path: string, step: number) {
    this.#path = path;
    writeFileAtomic(path, beginningOf(path, step));
    this.#file = guardDisk(path, () => openSync(path, "a"));
  }

  append(event: TensorBoardEvent): void {
    const bytes = encodeEvent(event);
    guardDisk(this.#path, () => writeSync(this.#file, bytes));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** What stays of a file; one that is damaged from the start begins anew. */
function beginningOf(path: string, step: number): Uint8Array {
  const start = encodeFileStart();
  if (!existsSync(path) || step === 0) return start;
  const bytes = readFileSync(path);
  try {
    const events = decodeEvents(bytes);
    const past = events.findIndex((event) => event.step > step);
    const kept = past < 0 ? events : events.slice(0, past);
    return bytes.subarray(0, kept.at(-1)?.end ?? start.length);
  } catch (error) {
    if (error instanceof RangeError) return start;
    throw error;
  }
}
