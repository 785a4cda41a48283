/** Packed forms of parameters, kept until the parameter is written: a step uses most weights several times. */
import type { Storage } from "../../backend.ts";
import type { Heap } from "./heap.ts";

export interface Pack {
  readonly address: number;
  /** Whether the packed form is there already; otherwise the kernel that gets the address makes it. */
  readonly isPacked: boolean;
}

interface Block {
  readonly address: number;
  readonly bytes: number;
}

export class PackCache {
  readonly #heap: Heap;
  /** By parameter, then by what it was packed for. */
  readonly #packs = new Map<Storage, Map<string, Block>>();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Room for `count` 4-byte elements, the same each time until `drop`. */
  find(parameter: Storage, use: string, count: number): Pack {
    const uses = this.#packs.get(parameter) ?? new Map<string, Block>();
    this.#packs.set(parameter, uses);
    const known = uses.get(use);
    if (known !== undefined) return { address: known.address, isPacked: true };
    const bytes = count * 4;
    const address = this.#heap.allocate(bytes);
    uses.set(use, { address, bytes });
    return { address, isPacked: false };
  }

  /** The parameter was written, or is gone. */
  drop(parameter: Storage): void {
    const uses = this.#packs.get(parameter);
    if (uses === undefined) return;
    for (const { address, bytes } of uses.values()) this.#heap.free(address, bytes);
    this.#packs.delete(parameter);
  }

  /** A kernel did not run, so what it should have packed is not there. */
  clear(): void {
    for (const parameter of [...this.#packs.keys()]) this.drop(parameter);
  }
}
