/** A warning before memory runs out where steps are taken outside scopes: what their ops make is freed with the session only. */
import { MEMORY_ADVICE } from "./errors.ts";

/** More than models and data of this kind compute outside steps, and far below what a session can hold. */
const LIMIT_BYTES = 256 * 2 ** 20;

/** Counts what ops make while no scope is open. */
export class UnscopedMemory {
  #bytes = 0;
  #hasWarned = false;

  /** Warns on the console, once, when it has become much. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#hasWarned || this.#bytes < LIMIT_BYTES) return;
    this.#hasWarned = true;
    console.warn(`Session: ops made ${Math.round(this.#bytes / 2 ** 20)} MiB with no scope open; ${MEMORY_ADVICE}`);
  }
}
