/** The input that a process is at, in a file that outlives the process. */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const HEADER_BYTES = 16;

const pathIn = (folder: string) => join(folder, "current-input");

/** Written before each input is run. */
export class CurrentInput {
  readonly #file: number;
  readonly #header = Buffer.alloc(HEADER_BYTES);

  constructor(folder: string) {
    this.#file = openSync(pathIn(folder), "w");
  }

  set(index: number, input: Uint8Array): void {
    this.#header.writeDoubleLE(index, 0);
    this.#header.writeUInt32LE(input.length, 8);
    writeSync(this.#file, input, 0, input.length, HEADER_BYTES);
    writeSync(this.#file, this.#header, 0, HEADER_BYTES, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

export interface Found {
  readonly index: number;
  readonly input: Uint8Array;
}

/** The input that the process of this folder is at, or was at when it ended; undefined before the first. */
export function currentInputIn(folder: string): Found | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(pathIn(folder));
  } catch {
    return undefined;
  }
  if (bytes.length < HEADER_BYTES) return undefined;
  const length = bytes.readUInt32LE(8);
  return { index: bytes.readDoubleLE(0), input: new Uint8Array(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length)) };
}
