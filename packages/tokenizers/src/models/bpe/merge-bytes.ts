/**
 * Merges as UTF-8: the left and the right token of each lie one behind the other in one array, so that they spell what they make. A
 * file has hundreds of thousands of merges, and strings of them take long.
 */
import { decodeUtf8, encodeUtf8 } from "../../text/utf8.ts";
import type { BpeMerge } from "./model.ts";

export class MergeBytes {
  #bytes: Uint8Array;
  /** Per merge where its left token ends, and where its right one does. */
  #ends: Int32Array;
  #end = 0;
  #length = 0;

  /** @param byteCount of tokens to make room for; the list grows beyond */
  constructor(byteCount = FEW_BYTES) {
    this.#bytes = new Uint8Array(byteCount);
    this.#ends = new Int32Array(2 * Math.ceil(byteCount / BYTES_PER_MERGE));
  }

  static of(pairs: Iterable<BpeMerge>): MergeBytes {
    const merges = new MergeBytes();
    for (const [left, right] of pairs) merges.pushTokens(encodeUtf8(left), encodeUtf8(right));
    return merges;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Per merge where its left token ends in the bytes, and where its right one does. */
  get ends(): Int32Array {
    return this.#ends.subarray(0, 2 * this.#length);
  }

  /** Appends the merge of two ranges of bytes, which are copied. */
  push(bytes: Uint8Array, leftStart: number, leftEnd: number, rightStart: number, rightEnd: number): void {
    this.#makeRoom(leftEnd - leftStart + rightEnd - rightStart);
    const own = this.#bytes;
    let end = this.#end;
    for (let at = leftStart; at < leftEnd; at++) own[end++] = bytes[at] as number;
    this.#ends[2 * this.#length] = end;
    for (let at = rightStart; at < rightEnd; at++) own[end++] = bytes[at] as number;
    this.#ends[2 * this.#length + 1] = end;
    this.#length++;
    this.#end = end;
  }

  pushTokens(left: Uint8Array, right: Uint8Array): void {
    const both = new Uint8Array(left.length + right.length);
    both.set(left);
    both.set(right, left.length);
    this.push(both, 0, left.length, left.length, both.length);
  }

  /** The tokens of a merge. */
  pairAt(rank: number): BpeMerge {
    const start = rank === 0 ? 0 : (this.#ends[2 * rank - 1] as number);
    const middle = this.#ends[2 * rank] as number; // ranks are below the length
    const end = this.#ends[2 * rank + 1] as number;
    return [decodeUtf8(this.#bytes.subarray(start, middle)), decodeUtf8(this.#bytes.subarray(middle, end))];
  }

  /** The same merges, whose right tokens lack a prefix of so many bytes. */
  withoutPrefix(length: number): MergeBytes {
    if (length === 0) return this;
    const merges = new MergeBytes();
    let start = 0;
    for (let at = 0; at < 2 * this.#length; at += 2) {
      const middle = this.#ends[at] as number;
      const end = this.#ends[at + 1] as number;
      merges.push(this.#bytes, start, middle, Math.min(middle + length, end), end);
      start = end;
    }
    return merges;
  }

  #makeRoom(length: number): void {
    if (this.#end + length > this.#bytes.length) {
      this.#bytes = enlarged(this.#bytes, new Uint8Array(2 * (this.#end + length)));
    }
    if (2 * this.#length === this.#ends.length) this.#ends = enlarged(this.#ends, new Int32Array(4 * this.#length));
  }
}

const FEW_BYTES = 1024;
/** What both tokens take in most files. */
const BYTES_PER_MERGE = 8;

function enlarged<Numbers extends Int32Array | Uint8Array>(numbers: Numbers, larger: Numbers): Numbers {
  larger.set(numbers);
  return larger;
}
