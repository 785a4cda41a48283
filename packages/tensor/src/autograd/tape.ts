/** The tape: recorded ops in order of computation, each with the rule that turns output gradients into input gradients. */
import { SessionError } from "../errors.ts";
import type { Session } from "../session.ts";
import type { Tensor } from "../tensor.ts";
import type { PendingGradient } from "./gradient.ts";

/** Gradients of the outputs; undefined where the loss does not depend on one. */
export type OutputGradients = readonly (Tensor | undefined)[];

/** The sum so far of an input's gradients, where the op may add its own in place instead of returning it. */
type OwnSum = (input: Tensor) => Tensor | undefined;

export interface Node {
  readonly op: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  /** What the op made for its backward pass alone; freed when that is done. */
  readonly saved?: readonly Tensor[];
  /** One gradient for each input; undefined where none flows, or where it was added to `ownSum` of that input. */
  backward(gradients: OutputGradients, ownSum: OwnSum): readonly (Tensor | PendingGradient | undefined)[];
}

export class Tape {
  readonly #nodes: Node[] = [];

  get length(): number {
    return this.#nodes.length;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  push(node: Node): void {
    this.#nodes.push(node);
  }

  /** Whether a recorded op gave `tensor`. */
  hasMade(tensor: Tensor): boolean {
    return this.#nodes.findLast((node) => node.outputs.includes(tensor)) !== undefined;
  }

  /** Removes the node that was recorded last. */
  pop(): Node | undefined {
    return this.#nodes.pop();
  }

  truncate(length: number): void {
    this.#nodes.length = Math.min(this.#nodes.length, length);
  }
}

/**
 * Whether an op's outputs require gradients: if any input does and the session records.
 *
 * @throws {SessionError} if the inputs do not belong to one session
 */
export function needsGrad(inputs: readonly (Tensor | undefined)[]): boolean {
  let session: Session | undefined;
  let requiresGrad = false;
  for (const input of inputs) {
    if (input === undefined) continue;
    session ??= input.session;
    if (input.session !== session) throw new SessionError();
    requiresGrad ||= input.requiresGrad;
  }
  return requiresGrad && session!.recording;
}
