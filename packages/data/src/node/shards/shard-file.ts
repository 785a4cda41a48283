/** A file of serialized examples: their count, the bytes of each, then the examples themselves (structured clones). */
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { ShardError } from "../../errors.ts";

const WORD = 4;

/** The file of shard `index`, from 0. */
export function shardPath(folder: string, index: number): string {
  return join(folder, `shard-${String(index).padStart(6, "0")}.bin`);
}

/** The bytes of a shard. */
export function encodeShard(examples: readonly unknown[]): Buffer {
  const parts = examples.map((example) => serialize(example));
  const head = Buffer.alloc(WORD * (parts.length + 1));
  head.writeUInt32LE(parts.length, 0);
  parts.forEach((part, index) => {
    head.writeUInt32LE(part.length, WORD * (index + 1));
  });
  return Buffer.concat([head, ...parts]);
}

/** The examples of a shard, each turned back into an object when it is asked for. */
export class Shard {
  readonly #file: string;
  readonly #bytes: Buffer;
  /** Where each example begins, and the end. */
  readonly #starts: Uint32Array;

  /** @throws {ShardError} if the bytes are not a whole shard */
  constructor(bytes: Buffer, file: string) {
    const count = bytes.length < WORD ? -1 : bytes.readUInt32LE(0);
    const headBytes = WORD * (count + 1);
    if (count < 0 || headBytes > bytes.length) throw new ShardError(file);
    this.#starts = new Uint32Array(count + 1);
    this.#starts[0] = headBytes;
    for (let index = 0; index < count; index++) {
      this.#starts[index + 1] = this.#starts[index]! + bytes.readUInt32LE(WORD * (index + 1));
    }
    if (this.#starts[count] !== bytes.length) throw new ShardError(file);
    this.#file = file;
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  /** @throws {ShardError} if its bytes are none of an example */
  example(index: number): unknown {
    try {
      return deserialize(this.#bytes.subarray(this.#starts[index], this.#starts[index + 1]));
    } catch (error) {
      throw new ShardError(this.#file, { cause: error });
    }
  }
}
