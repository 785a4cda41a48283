/** Gradients of one loss after the other, added up in memory for one: for steps that learn from several batches. */
import type { Scope, Session } from "../session.ts";
import type { Block, Tensor } from "../tensor.ts";
import { Gradients } from "./backward.ts";
import { addRows, denseGradient, type Gradient, settle } from "./gradient.ts";

/**
 * A sum that grows by one backward pass at a time, in their order; rows of a table stay rows where all are.
 *
 * ```ts
 * using total = new GradientSum(session);
 * for (const batch of batches) {
 *   using _ = session.scope(); // what a batch computed is freed before the next one
 *   total.add(backward(lossOf(batch)));
 * }
 * ```
 */
export class GradientSum {
  readonly #session: Session;
  /** What its tensors live in. */
  readonly #scope: Scope | undefined;
  readonly #byTensor = new Map<Tensor, Gradient>();
  /** Sums that were made here, which nothing else reads. */
  readonly #owned = new Set<Gradient>();

  /** An empty sum. Its tensors live until it is disposed of, or until the scope ends that is the innermost one now. */
  constructor(session: Session) {
    this.#session = session;
    this.#scope = session.innermostScope;
  }

  /** Adds gradients, which live in a scope that was opened right inside the one of the sum, and may end afterwards. */
  add(gradients: Gradients): void {
    const before = this.#parts();
    for (const [tensor, gradient] of gradients.entries()) this.#addTo(tensor, gradient);
    const now = this.#parts();
    for (const block of before) if (!now.has(block)) this.#session.freeEarly(this.#scope, block, "free");
  }

  /** The sum so far, by tensor. */
  get gradients(): Gradients {
    return new Gradients(new Map(this.#byTensor));
  }

  /** Frees the sum. */
  [Symbol.dispose](): void {
    for (const block of this.#parts()) this.#session.freeEarly(this.#scope, block, "free");
    this.#byTensor.clear();
  }

  #addTo(tensor: Tensor, gradient: Gradient): void {
    const before = this.#byTensor.get(tensor);
    if (before?.kind === "dense" && this.#owned.has(before)) {
      addInPlace(before.values, gradient);
      return;
    }
    const sum = before === undefined ? gradient : sumOf(before, gradient);
    if (before !== undefined) this.#owned.add(sum);
    for (const part of partsOf(sum)) this.#session.innermostScope?.keep(part);
    this.#byTensor.set(tensor, sum);
  }

  /** What the sum lies in; gradients of several tensors may lie in one block. */
  #parts(): Set<Block> {
    return new Set([...this.#byTensor.values()].flatMap(partsOf).map((part) => part.block));
  }
}

function partsOf(gradient: Gradient): Tensor[] {
  return gradient.kind === "dense" ? [gradient.values] : [gradient.rows, gradient.values];
}

/** A new sum, since other tensors may have either gradient too. */
function sumOf(before: Gradient, gradient: Gradient): Gradient {
  if (before.kind === "sparse" && gradient.kind === "sparse") {
    return settle({ kind: "sparse sum", terms: [before, gradient] });
  }
  const values = copyOf(denseGradient(before));
  addInPlace(values, gradient);
  return { kind: "dense", values };
}

function addInPlace(sum: Tensor, gradient: Gradient): void {
  if (gradient.kind === "sparse") addRows(sum, gradient);
  else copyElements(gradient.values, sum, true);
}

function copyOf(values: Tensor): Tensor {
  const copy = values.session.empty(values.shape);
  copyElements(values, copy, false);
  return copy;
}

function copyElements(from: Tensor, to: Tensor, accumulate: boolean): void {
  const flat = { offset: 0, strides: [1] };
  from.session.backend.copy(from.storage, flat, to.storage, flat, [from.size], accumulate);
}
