/** Reverse-mode differentiation over the tape (Linnainmaa 1976): gradients that meet add in reverse tape order. */
import { AutogradError, ShapeError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import {
  addRows,
  asGradient,
  denseGradient,
  type Gradient,
  type PendingGradient,
  type SparseGradient,
  settle,
  sparseTerms,
} from "./gradient.ts";
import { blocksMadeBy, Reclaimer } from "./reclaim.ts";
import type { Node, OutputGradients } from "./tape.ts";

const TAPE_USED_UP =
  "backward: what led to the loss is no longer on the tape: an earlier backward consumed it, or the scope that it was computed in " +
  "ended; add up the losses and call backward once, or compute this one again";

/** Gradients of a loss by tensor. */
export class Gradients {
  readonly #byTensor: ReadonlyMap<Tensor, Gradient>;

  /** Gradients of a caller's own, such as clipped ones. */
  constructor(byTensor: ReadonlyMap<Tensor, Gradient>) {
    this.#byTensor = byTensor;
  }

  /** The gradient with respect to `parameter`; undefined if the loss does not depend on it. */
  get(parameter: Tensor): Gradient | undefined {
    return this.#byTensor.get(parameter);
  }

  /** @internal */
  entries(): Iterable<[Tensor, Gradient]> {
    return this.#byTensor.entries();
  }
}

/**
 * Differentiates `loss` with respect to every tensor that it was computed from, and consumes the tape.
 *
 * Memory is freed on the way: what the ops between parameters and loss made in the innermost open scope is gone afterwards,
 * except the loss, and using it throws. Read it before, or hand it to the enclosing scope with `scope.keep`. The gradients live
 * in the innermost open scope.
 *
 * @param loss one element, computed while recording
 * @throws {AutogradError} if nothing that requires a gradient led to `loss`, or what led to it is no longer on the tape
 */
export function backward(loss: Tensor): Gradients {
  const { session } = loss;
  if (loss.size !== 1) throw new ShapeError("backward", "a loss of one element", loss.shape);
  if (!loss.requiresGrad) throw new AutogradError("backward: the loss does not depend on any tensor with requiresGrad");
  if (!loss.block.isParameter && !session.tape.hasMade(loss)) throw new AutogradError(TAPE_USED_UP);
  session.notePass();
  using _ = session.noGrad();
  const outer = session.innermostScope;
  using pass = session.scope();
  const memory = new Reclaimer(session, pass, outer);
  const sums = new Accumulator(memory);
  sums.add(loss, { kind: "dense", values: session.full(loss.shape, 1) });
  for (let node = session.tape.pop(); node !== undefined; node = session.tape.pop()) {
    const outputs = node.outputs.map((output) => sums.take(output));
    if (outputs.some((gradient) => gradient !== undefined)) {
      differentiate(node, outputs, sums, memory);
      for (const values of outputs) if (values) memory.release({ kind: "dense", values });
      for (const block of blocksMadeBy(node.outputs, node.inputs)) if (block !== loss.block) memory.spend(block);
    }
    for (const { block } of node.saved ?? []) memory.spend(block);
  }
  const gradients = sums.settled();
  memory.moveHeld(pass);
  return new Gradients(gradients);
}

/** Adds up what one op's rule gives; what else it allocated is freed. */
function differentiate(node: Node, outputs: OutputGradients, sums: Accumulator, memory: Reclaimer): void {
  using made = node.outputs[0]!.session.scope();
  const gradients = node
    .backward(outputs, (input) => sums.own(input))
    .map((gradient) => gradient && asGradient(gradient));
  node.inputs.forEach((input, position) => {
    const gradient = gradients[position];
    if (input?.requiresGrad && gradient) sums.add(input, gradient, isFresh(gradient, outputs, gradients));
  });
  memory.moveHeld(made);
}

/** Whether the op made this gradient for one input alone: neither an output's handed on, nor one for several inputs. */
function isFresh(
  gradient: PendingGradient,
  outputs: OutputGradients,
  gradients: readonly (PendingGradient | undefined)[],
): boolean {
  if (gradient.kind !== "dense") return false;
  const { block } = gradient.values;
  if (outputs.some((output) => output?.block === block)) return false;
  return gradients.filter((other) => other?.kind === "dense" && other.values.block === block).length === 1;
}

/** Both as one sum that is put off, where their kinds allow it. */
function joined(before: PendingGradient, gradient: PendingGradient): PendingGradient | undefined {
  if (before.kind === "products" && gradient.kind === "products") {
    return { ...before, terms: [...before.terms, ...gradient.terms] };
  }
  const [rowsBefore, rows] = [sparseTerms(before), sparseTerms(gradient)];
  return rowsBefore && rows && { kind: "sparse sum", terms: [...rowsBefore, ...rows] };
}

/** Elements one after the other. */
const FLAT = { offset: 0, strides: [1] };

/** Sums of gradients by tensor. The first is added to if it is fresh; otherwise the second makes a sum of its own. */
class Accumulator {
  readonly #sums = new Map<Tensor, PendingGradient>();
  readonly #owned = new Set<Tensor>();
  readonly #memory: Reclaimer;

  constructor(memory: Reclaimer) {
    this.#memory = memory;
  }

  /** All sums that are left. */
  settled(): ReadonlyMap<Tensor, Gradient> {
    return new Map([...this.#sums].map(([tensor, gradient]) => [tensor, this.#replace(gradient, settle(gradient))]));
  }

  /** Removes and returns the dense gradient of an op's output, held until the caller releases it. */
  take(output: Tensor): Tensor | undefined {
    const gradient = this.#sums.get(output);
    if (gradient === undefined) return undefined;
    this.#sums.delete(output);
    const values = denseGradient(settle(gradient));
    this.#replace(gradient, { kind: "dense", values });
    // From here on an op may hand it to several inputs, so it is no longer ours to add to.
    this.#owned.delete(values);
    return values;
  }

  /** The sum so far, if it is ours to add to. */
  own(tensor: Tensor): Tensor | undefined {
    const sum = this.#sums.get(tensor);
    return sum?.kind === "dense" && this.#owned.has(sum.values) ? sum.values : undefined;
  }

  add(tensor: Tensor, gradient: PendingGradient, isFresh = false): void {
    const before = this.#sums.get(tensor);
    if (before === undefined) {
      this.#memory.hold(gradient);
      this.#sums.set(tensor, gradient);
      if (isFresh && gradient.kind === "dense") this.#owned.add(gradient.values);
      return;
    }
    const later = joined(before, gradient);
    if (later === undefined) {
      const values = this.#sum(before, gradient, isFresh);
      this.#sums.set(tensor, this.#replace(before, { kind: "dense", values }));
    } else {
      this.#memory.hold(gradient);
      this.#sums.set(tensor, later);
    }
  }

  /** Holds `gradient` instead of `before`. */
  #replace<T extends PendingGradient>(before: PendingGradient, gradient: T): T {
    if (gradient !== before) {
      this.#memory.hold(gradient);
      this.#memory.release(before);
    }
    return gradient;
  }

  /** `before + gradient`, in place where one of the two is ours; rows are added as such. */
  #sum(before: PendingGradient, gradient: PendingGradient, isFresh: boolean): Tensor {
    const [first, second] = [settle(before), settle(gradient)];
    if (first.kind === "sparse") {
      const sum = denseGradient(second);
      return this.#withRows(isFresh || second !== gradient ? this.#owning(sum) : this.#copy(sum), first);
    }
    const isOwned = first !== before || this.#owned.has(first.values);
    const sum = isOwned ? this.#owning(first.values) : this.#copy(first.values);
    if (second.kind === "sparse") return this.#withRows(sum, second);
    sum.session.backend.copy(second.values.storage, FLAT, sum.storage, FLAT, [sum.size], true);
    return sum;
  }

  #withRows(sum: Tensor, rows: SparseGradient): Tensor {
    addRows(sum, rows);
    return sum;
  }

  #owning(values: Tensor): Tensor {
    this.#owned.add(values);
    return values;
  }

  #copy(values: Tensor): Tensor {
    const { session, shape, size } = values;
    const copy = session.empty(shape);
    session.backend.copy(values.storage, FLAT, copy.storage, FLAT, [size], false);
    return this.#owning(copy);
  }
}
