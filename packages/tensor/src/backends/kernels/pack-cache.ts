/** Packed forms of parameters, kept until the parameter is written: a step uses most weights several times. */
import type { Storage } from "../../storage.ts";
import type { Heap } from "./heap.ts";

export interface Pack {
  readonly address: number;
  /** Whether the packed form is there already; otherwise the kernel that gets the address makes it. */
  readonly isPacked: boolean;
}

interface Block {
  /** What the parameter was packed for. */
  readonly use: string;
  readonly address: number;
  readonly bytes: number;
}

export class PackCache {
  readonly #heap: Heap;
  /**
   * The entry of a parameter stays while that lives: a Map that loses and regains one at each step leaves a chain of dead
   * tables behind, which grows until a full garbage collection.
   */
  readonly #packs = new Map<Storage, Block[]>();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Room for `count` 4-byte elements, the same each time until `drop`. */
  find(parameter: Storage, use: string, count: number): Pack {
    const blocks = this.#blocksOf(parameter);
    const known = blocks.find((block) => block.use === use);
    if (known !== undefined) return { address: known.address, isPacked: true };
    const bytes = count * 4;
    const address = this.#heap.allocate(bytes);
    blocks.push({ use, address, bytes });
    return { address, isPacked: false };
  }

  /** The parameter was written. */
  drop(parameter: Storage): void {
    const blocks = this.#packs.get(parameter);
    if (blocks === undefined) return;
    for (const { address, bytes } of blocks) this.#heap.free(address, bytes);
    blocks.length = 0;
  }

  /** The parameter is gone. */
  forget(parameter: Storage): void {
    this.drop(parameter);
    this.#packs.delete(parameter);
  }

  /** A kernel did not run, so what it should have packed is not there. */
  clear(): void {
    for (const parameter of this.#packs.keys()) this.drop(parameter);
  }

  #blocksOf(parameter: Storage): Block[] {
    const known = this.#packs.get(parameter);
    if (known !== undefined) return known;
    const blocks: Block[] = [];
    this.#packs.set(parameter, blocks);
    return blocks;
  }
}
