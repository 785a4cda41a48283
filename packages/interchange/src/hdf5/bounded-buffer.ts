/**
 * The bytes of a file for a reader that trusts its file: whoever follows links in circles, or copies the file again and again, is
 * stopped. The reader takes every structure that has a name or a signature by `slice`, so that slices count its steps.
 */

/** The reader went further than any file of this size needs. */
class BoundExceeded extends RangeError {
  override readonly name = "BoundExceeded";
  constructor() {
    super("its structures lead in circles, or are far larger than the file");
  }
}

const FEW_STEPS = 50_000;
const FEW_BYTES = 2 ** 24;
/** A file of small groups has some hundred bytes a step; this is generous. */
const STEPS_PER_BYTE = 1 / 8;
const COPIES = 8;

export class BoundedBuffer extends ArrayBuffer {
  /** Slices are plain buffers: what is read of them has been counted. */
  static override get [Symbol.species](): ArrayBufferConstructor {
    return ArrayBuffer;
  }

  #steps: number;
  #bytes: number;

  constructor(bytes: Uint8Array) {
    super(bytes.length);
    new Uint8Array(this).set(bytes);
    this.#steps = FEW_STEPS + bytes.length * STEPS_PER_BYTE;
    this.#bytes = FEW_BYTES + bytes.length * COPIES;
  }

  /** @throws {BoundExceeded} after more steps, or more bytes, than a file of this size needs */
  override slice(begin?: number, end?: number): ArrayBuffer {
    const copy = super.slice(begin, end);
    this.#steps -= 1;
    this.#bytes -= copy.byteLength;
    if (this.#steps < 0 || this.#bytes < 0) throw new BoundExceeded();
    return copy;
  }
}
