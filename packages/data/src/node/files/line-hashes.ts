/**
 * Short hashes of the lines of a file, so that whoever finds the file changed can say at which line: 32 bits of FNV-1a for each line,
 * or of a file with very many lines for a few together.
 */
import { type ReadLimits, readBytes } from "../readers/bytes.ts";

/** Hashes that are kept of a file, 4 bytes each; of a longer file one stands for two lines, then for four, and so on. */
const MAX_HASHES = 1 << 20;
const LINE_FEED = 10;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Any odd number: a hash of several lines is a polynomial in it, so that two hashes become one of both. */
const BASE = 0x9e3779b1;

/** What is kept of the lines of a file. */
export interface LineHashes {
  /** Lines of the unpacked file; what stands behind the last line end is one, too. */
  readonly lines: number;
  /** Lines that share a hash, a power of two; 1 in files of up to 1,048,576 lines. */
  readonly linesPerHash: number;
  /** In the order of the file; the last one may stand for fewer lines. */
  readonly hashes: Uint32Array;
}

/** Where two versions of a file part: lines from 1, `to` included. */
export interface ChangedLines {
  readonly from: number;
  readonly to: number;
}

/**
 * Hashes the lines of a file, in flat memory; those of a `.gz` file are its unpacked ones. Line ends belong to their lines.
 *
 * @throws {DataFileError} if the file is missing, empty or cannot be read
 */
export async function hashLines(path: string, limits?: ReadLimits): Promise<LineHashes> {
  const hasher = new LineHasher(MAX_HASHES);
  for await (const chunk of readBytes(path, limits)) hasher.add(chunk);
  return hasher.finish();
}

/** The first lines in which two versions of a file differ; undefined if they have the same hashes. */
export function firstChangedLines(before: LineHashes, after: LineHashes): ChangedLines | undefined {
  const linesPerHash = Math.max(before.linesPerHash, after.linesPerHash);
  const [was, is] = [before, after].map((one) => coarsened(one, linesPerHash)) as [LineHashes, LineHashes];
  const count = Math.max(was.hashes.length, is.hashes.length);
  for (let index = 0; index < count; index++) {
    if (was.hashes[index] === is.hashes[index]) continue;
    const from = index * linesPerHash + 1;
    return { from, to: Math.min(from + linesPerHash - 1, Math.max(was.lines, is.lines)) };
  }
  return undefined;
}

/** @internal Takes a file piece by piece; tests keep fewer hashes. */
export class LineHasher {
  readonly #hashes: Uint32Array;
  #used = 0;
  #lines = 0;
  #linesPerHash = 1;
  /** Of the line that is open, and whether it has a byte. */
  #line = FNV_OFFSET;
  #isOpen = false;
  /** Of the whole lines since the last hash that is full, and how many those are. */
  #group = 0;
  #inGroup = 0;

  /** @param most  hashes to keep, an even number */
  constructor(most: number) {
    this.#hashes = new Uint32Array(most);
  }

  add(bytes: Uint8Array): void {
    let line = this.#line;
    for (let at = 0; at < bytes.length; at++) {
      line = Math.imul(line ^ bytes[at]!, FNV_PRIME);
      if (bytes[at] !== LINE_FEED) continue;
      this.#endLine(line);
      line = FNV_OFFSET;
    }
    this.#line = line;
    this.#isOpen = bytes.length > 0 ? bytes.at(-1) !== LINE_FEED : this.#isOpen;
  }

  finish(): LineHashes {
    if (this.#isOpen) this.#endLine(this.#line);
    if (this.#inGroup > 0) {
      if (this.#used === this.#hashes.length) this.#makeRoom();
      this.#endGroup();
    }
    return { lines: this.#lines, linesPerHash: this.#linesPerHash, hashes: this.#hashes.slice(0, this.#used) };
  }

  #endLine(line: number): void {
    this.#lines += 1;
    this.#group = joined(this.#group, line, 1);
    this.#inGroup += 1;
    if (this.#inGroup < this.#linesPerHash) return;
    // Where there is no room, the group that is full by now is the first half of one.
    if (this.#used === this.#hashes.length) this.#makeRoom();
    else this.#endGroup();
  }

  #endGroup(): void {
    this.#hashes[this.#used++] = this.#group;
    this.#group = 0;
    this.#inGroup = 0;
  }

  #makeRoom(): void {
    this.#used = joinPairs(this.#hashes, this.#used, this.#linesPerHash);
    this.#linesPerHash *= 2;
  }
}

/** The same hashes with more lines to each. */
function coarsened({ lines, linesPerHash, hashes }: LineHashes, wanted: number): LineHashes {
  const joint = hashes.slice();
  let used = joint.length;
  let each = linesPerHash;
  for (; each < wanted; each *= 2) used = joinPairs(joint, used, each, lines);
  return { lines, linesPerHash: each, hashes: joint.subarray(0, used) };
}

/**
 * Makes one hash of each two, in place; returns how many there are.
 *
 * @param lines  of all hashes together, where the last one may stand for fewer. Default: all are full
 */
function joinPairs(hashes: Uint32Array, used: number, linesPerHash: number, lines = used * linesPerHash): number {
  const joint = Math.ceil(used / 2);
  for (let index = 0; index < joint; index++) {
    const second = 2 * index + 1;
    const inSecond = Math.min(linesPerHash, lines - second * linesPerHash);
    hashes[index] = second < used ? joined(hashes[2 * index]!, hashes[second]!, inSecond) : hashes[2 * index]!;
  }
  return joint;
}

/** The hash of some lines and of those behind them. */
function joined(first: number, second: number, linesOfSecond: number): number {
  let shifted = first;
  for (let line = 0; line < linesOfSecond; line++) shifted = Math.imul(shifted, BASE);
  return (shifted + second) >>> 0;
}
