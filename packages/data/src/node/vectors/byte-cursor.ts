/** Reads a stream of bytes piece by piece, with no more of it in memory than the piece that is asked for. */
import { DataFileError } from "../../errors.ts";
import { type ReadLimits, readBytes } from "../readers/bytes.ts";

/** A place in a file that only moves on. `has` waits for bytes; `take` and the others then work at once. */
export class ByteCursor {
  readonly #path: string;
  readonly #chunks: AsyncGenerator<Buffer, void, undefined>;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Bytes of the file before those in memory. */
  #before = 0;

  constructor(path: string, limits: ReadLimits) {
    this.#path = path;
    this.#chunks = readBytes(path, limits);
  }

  /** Bytes of the file that were taken. */
  get offset(): number {
    return this.#before + this.#at;
  }

  /** Bytes that can be taken without waiting. */
  get ready(): number {
    return this.#bytes.length - this.#at;
  }

  /** Waits until `count` bytes are ready; false if the file ends before. */
  async has(count: number): Promise<boolean> {
    if (this.ready >= count) return true;
    const parts = [Buffer.from(this.#bytes.subarray(this.#at))];
    let ready = this.ready;
    this.#before += this.#at;
    this.#at = 0;
    while (ready < count) {
      const { value, done } = await this.#chunks.next();
      if (done === true) break;
      parts.push(Buffer.from(value)); // the next chunk may take its place
      ready += value.length;
    }
    this.#bytes = Buffer.concat(parts);
    return ready >= count;
  }

  /** @throws {DataFileError} if the file ends before; `what` names what was to come */
  async need(count: number, what: string): Promise<void> {
    if (await this.has(count)) return;
    throw new DataFileError(
      this.#path,
      undefined,
      `ends at byte ${this.offset + this.ready}, in the middle of ${what}; it is cut short: fetch it again`,
    );
  }

  /** The next bytes, which stay the next ones. */
  peek(count: number): Buffer {
    return this.#bytes.subarray(this.#at, this.#at + count);
  }

  /** The next bytes, which are good until more are waited for. */
  take(count: number): Buffer {
    const bytes = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return bytes;
  }

  /**
   * The bytes before the next `stop`, which is taken too; undefined if the file is at its end.
   *
   * @throws {DataFileError} if the file ends without it, or it does not come within `most` bytes
   */
  async takeUntil(stop: number, most: number, what: string): Promise<Buffer | undefined> {
    for (let looked = 0; ; ) {
      const at = this.#bytes.indexOf(stop, this.#at + looked);
      if (at >= 0 && at - this.#at <= most) {
        const bytes = this.#bytes.subarray(this.#at, at);
        this.#at = at + 1;
        return bytes;
      }
      looked = this.ready;
      if (looked > most) {
        const message = `at byte ${this.offset}: no end of ${what} within ${most} bytes; is this a file of vectors?`;
        throw new DataFileError(this.#path, undefined, message);
      }
      if (await this.has(looked + 1)) continue;
      if (looked === 0) return undefined;
      await this.need(looked + 1, what);
    }
  }

  /** Passes over bytes, however many. */
  async skip(count: number, what: string): Promise<void> {
    for (let left = count; left > 0; ) {
      await this.need(1, what);
      const part = Math.min(left, this.ready);
      this.take(part);
      left -= part;
    }
  }

  async int32(what: string): Promise<number> {
    await this.need(4, what);
    return this.take(4).readInt32LE();
  }

  /** @throws {DataFileError} if the number is not one that counts something here */
  async int64(what: string): Promise<number> {
    await this.need(8, what);
    return Number(this.take(8).readBigInt64LE());
  }

  /** Frees the file where it is not read to its end. */
  async close(): Promise<void> {
    await this.#chunks.return();
  }
}

/** Adds `count` numbers of 32 bits, little-endian, to a sum. */
export function addFloats(sum: Float32Array, bytes: Buffer): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let index = 0; index < sum.length; index++) {
    sum[index] = sum[index]! + view.getFloat32(4 * index, true);
  }
}
