/** Gradients of one loss after the other, added up in memory for one: for steps that learn from several batches. */
import type { Scope } from "../session.ts";
import type { Block, Tensor } from "../tensor.ts";
import { Gradients } from "./backward.ts";
import { addRows, denseGradient, type Gradient, settle } from "./gradient.ts";

/**
 * A sum that grows by one backward pass at a time, in their order; rows of a table stay rows where all are.
 *
 * ```ts
 * using scope = session.scope();
 * const total = new GradientSum(scope);
 * for (const batch of batches) {
 *   using _ = session.scope(); // what a batch computed is freed before the next one
 *   total.add(backward(lossOf(batch)));
 * }
 * ```
 */
export class GradientSum {
  readonly #scope: Scope;
  readonly #byTensor = new Map<Tensor, Gradient>();
  /** Sums that were made here, which nothing else reads. */
  readonly #owned = new Set<Gradient>();

  /** @param scope  what the sum lives in; each `add` has a scope of its own right inside it */
  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** Adds gradients of the innermost scope, which may end afterwards. */
  add(gradients: Gradients): void {
    const before = this.#parts();
    for (const [tensor, gradient] of gradients.entries()) this.#addTo(tensor, gradient);
    const now = this.#parts();
    for (const [block, part] of before) if (!now.has(block)) this.#scope.free(part);
  }

  /** The sum so far, by tensor. */
  get gradients(): Gradients {
    return new Gradients(new Map(this.#byTensor));
  }

  #addTo(tensor: Tensor, gradient: Gradient): void {
    const before = this.#byTensor.get(tensor);
    if (before?.kind === "dense" && this.#owned.has(before)) {
      addInPlace(before.values, gradient);
      return;
    }
    const sum = before === undefined ? gradient : sumOf(before, gradient);
    if (before !== undefined) this.#owned.add(sum);
    for (const part of partsOf(sum)) tensor.session.innermostScope?.keep(part);
    this.#byTensor.set(tensor, sum);
  }

  /** What the sum lies in; gradients of several tensors may lie in one block. */
  #parts(): Map<Block, Tensor> {
    return new Map([...this.#byTensor.values()].flatMap(partsOf).map((part) => [part.block, part]));
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
