/** Reverse-mode differentiation over the tape (Linnainmaa 1976): gradients that meet add in reverse tape order. */
import { AutogradError, ShapeError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { asGradient, denseGradient, type Gradient, type PendingGradient, settle } from "./gradient.ts";
import type { OutputGradients } from "./tape.ts";

/** Gradients of a loss by tensor. */
export class Gradients {
  readonly #byTensor: ReadonlyMap<Tensor, Gradient>;

  /** @internal */
  constructor(byTensor: ReadonlyMap<Tensor, Gradient>) {
    this.#byTensor = byTensor;
  }

  /** The gradient with respect to `parameter`; undefined if the loss does not depend on it. */
  get(parameter: Tensor): Gradient | undefined {
    return this.#byTensor.get(parameter);
  }
}

/**
 * Differentiates `loss` with respect to every tensor that it was computed from, and consumes the tape.
 *
 * The gradients live in the innermost open scope.
 *
 * @param loss one element, computed while recording
 * @throws {AutogradError} if nothing that requires a gradient led to `loss`
 */
export function backward(loss: Tensor): Gradients {
  const { session } = loss;
  if (loss.size !== 1) throw new ShapeError("backward", "a loss of one element", loss.shape);
  if (!loss.requiresGrad) throw new AutogradError("backward: the loss does not depend on any tensor with requiresGrad");
  using _ = session.noGrad();
  const sums = new Accumulator();
  sums.add(loss, { kind: "dense", values: session.full(loss.shape, 1) });
  const nodes = session.tape.nodes;
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    const outputs = node.outputs.map((output) => sums.take(output));
    if (outputs.every((gradient) => gradient === undefined)) continue;
    const gradients = node
      .backward(outputs, (input) => sums.own(input))
      .map((gradient) => gradient && asGradient(gradient));
    node.inputs.forEach((input, position) => {
      const gradient = gradients[position];
      if (input?.requiresGrad && gradient) sums.add(input, gradient, isFresh(gradient, outputs, gradients));
    });
  }
  session.tape.truncate(0);
  return new Gradients(sums.settled());
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

/** Sums of gradients by tensor. The first is added to if it is fresh; otherwise the second makes a sum of its own. */
class Accumulator {
  readonly #sums = new Map<Tensor, PendingGradient>();
  readonly #owned = new Set<Tensor>();

  /** All sums that are left. */
  settled(): ReadonlyMap<Tensor, Gradient> {
    return new Map([...this.#sums].map(([tensor, gradient]) => [tensor, settle(gradient)]));
  }

  /** Removes and returns the dense gradient of an op's output. */
  take(output: Tensor): Tensor | undefined {
    const gradient = this.#sums.get(output);
    if (gradient === undefined) return undefined;
    this.#sums.delete(output);
    const values = denseGradient(settle(gradient));
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
      this.#sums.set(tensor, gradient);
      if (isFresh && gradient.kind === "dense") this.#owned.add(gradient.values);
    } else if (before.kind === "products" && gradient.kind === "products") {
      this.#sums.set(tensor, { ...before, terms: [...before.terms, ...gradient.terms] });
    } else {
      this.#sums.set(tensor, { kind: "dense", values: this.#sum(settle(before), settle(gradient)) });
    }
  }

  #sum(before: Gradient, gradient: Gradient): Tensor {
    const sum = denseGradient(before);
    const { session, shape } = sum;
    const flat = { offset: 0, strides: [1] };
    const own = this.#owned.has(sum) ? sum : session.empty(shape);
    if (own !== sum) session.backend.copy(sum.storage, flat, own.storage, flat, [sum.size], false);
    const { storage } = denseGradient(gradient);
    session.backend.copy(storage, flat, own.storage, flat, [sum.size], true);
    this.#owned.add(own);
    return own;
  }
}
