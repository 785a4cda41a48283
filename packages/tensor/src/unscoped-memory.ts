/** A warning long before memory runs out where steps are taken outside scopes: what their ops make is freed with the session only. */
import { SCOPE_ADVICE } from "./errors.ts";

/** More than models and data of this kind compute outside steps, and far below what a session can hold. */
const LIMIT_BYTES = 256 * 2 ** 20;
/** More than anybody tries out by hand: nothing but a loop goes back so often, or computes so many tensors. */
const LIMIT_PASSES = 100;
const LIMIT_TENSORS = 20_000;

/** Counts what ops make, and how often `backward` leaves gradients, while no scope is open. */
export class UnscopedMemory {
  #bytes = 0;
  #tensors = 0;
  #passes = 0;
  #hasWarned = false;

  /** Counts a tensor that an op makes; warns on the console, once, when it has become much. */
  addTensor(bytes: number): void {
    this.#bytes += bytes;
    this.#tensors += 1;
    if (this.#bytes >= LIMIT_BYTES) this.#warn(`ops made ${Math.round(this.#bytes / 2 ** 20)} MiB`);
    else if (this.#tensors >= LIMIT_TENSORS) this.#warn(`ops made ${this.#tensors} tensors`);
  }

  /** Counts a backward pass; warns as `addTensor` does. */
  addPass(): void {
    this.#passes += 1;
    if (this.#passes >= LIMIT_PASSES) this.#warn(`${this.#passes} backward passes were made`);
  }

  #warn(what: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    console.warn(`Session: ${what} with no scope open; ${SCOPE_ADVICE}`);
  }
}
