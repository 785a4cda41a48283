/**
 * Frees memory while a backward pass runs: a block goes as soon as nothing that is still to come reads it. What may be read
 * later are gradients that wait for their op or for the caller; they hold their blocks. All else is spent when its op is done.
 */
import type { Scope, Session } from "../session.ts";
import type { Block, Tensor } from "../tensor.ts";
import { blocksOf, type PendingGradient } from "./gradient.ts";

export class Reclaimer {
  readonly #session: Session;
  /** Owns what the pass makes. */
  readonly #pass: Scope;
  /** The innermost scope of the caller; what outer ones own stays. */
  readonly #outer: Scope | undefined;
  /** Gradients that lie in a block or are to be computed from it. */
  readonly #holds = new Map<Block, number>();
  /** Blocks of the forward pass whose op is done, but which a gradient holds. */
  readonly #spent = new Set<Block>();

  constructor(session: Session, pass: Scope, outer: Scope | undefined) {
    this.#session = session;
    this.#pass = pass;
    this.#outer = outer;
  }

  /** Keeps what `gradient` lies in until `release`. */
  hold(gradient: PendingGradient): void {
    for (const block of blocksOf(gradient)) this.#holds.set(block, (this.#holds.get(block) ?? 0) + 1);
  }

  /** Ends one `hold`; who was the last frees the block. */
  release(gradient: PendingGradient): void {
    for (const block of blocksOf(gradient)) {
      const left = this.#holds.get(block)! - 1;
      if (left > 0) {
        this.#holds.set(block, left);
        continue;
      }
      this.#holds.delete(block);
      if (this.#pass.blocks.has(block)) this.#session.freeEarly(this.#pass, block, "backward");
      else if (this.#spent.delete(block)) this.#freeOuter(block);
    }
  }

  /** A block of the forward pass that no op reads any more. */
  spend(block: Block): void {
    if (this.#holds.has(block)) this.#spent.add(block);
    else this.#freeOuter(block);
  }

  /** Hands what a gradient holds to the scope around `scope`. */
  moveHeld(scope: Scope): void {
    for (const block of scope.blocks) if (this.#holds.has(block)) this.#session.moveOut(scope, block);
  }

  #freeOuter(block: Block): void {
    if (this.#outer?.blocks.has(block)) this.#session.freeEarly(this.#outer, block, "backward");
  }
}

/** Blocks that an op made, not those that it took over from an input, as `reshape` does. */
export function blocksMadeBy(outputs: readonly Tensor[], inputs: readonly (Tensor | undefined)[]): Set<Block> {
  const made = new Set(outputs.map((output) => output.block));
  for (const input of inputs) if (input) made.delete(input.block);
  return made;
}
