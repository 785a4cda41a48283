/** How much a model that somebody else wrote may take. */
import { OnnxLimitError } from "./errors.ts";

export interface OnnxLimits {
  /** Most messages in the file: nodes, tensors, attributes and what describes them. Default one million. */
  readonly maxMessages?: number | undefined;
  /** Most elements of all values of a run together. Default 2^29, 2 GiB of float32. */
  readonly maxElements?: number | undefined;
  /** Most nodes that one run may compute, those in the rounds of loops counted each time. Default ten million. */
  readonly maxSteps?: number | undefined;
}

export const defaultLimits: { readonly [Name in keyof OnnxLimits]-?: number } = {
  maxMessages: 1_000_000,
  maxElements: 2 ** 29,
  maxSteps: 10_000_000,
};

/** Counts what one run takes, before it takes it. */
export class Meter {
  readonly #maxElements: number;
  readonly #maxSteps: number;
  #elements = 0;
  #steps = 0;

  constructor({ maxElements, maxSteps }: { readonly maxElements: number; readonly maxSteps: number }) {
    this.#maxElements = maxElements;
    this.#maxSteps = maxSteps;
  }

  /** Counts a value. @throws {OnnxLimitError} if it is one too many; an extent of 0 hides none of the others */
  take(place: string, shape: readonly number[]): void {
    this.check(place, shape);
    this.#elements += extentProduct(shape);
  }

  /** @throws {OnnxLimitError} if a value of this shape would be one too many */
  check(place: string, shape: readonly number[]): void {
    if (!(this.#elements + extentProduct(shape) <= this.#maxElements)) {
      throw new OnnxLimitError(place, "the number of elements", this.#maxElements, "limits.maxElements");
    }
  }

  /** Forgets what was taken since `elements` was asked for, but for what is kept. */
  release(elements: number, kept: number): void {
    this.#elements = elements + kept;
  }

  get elements(): number {
    return this.#elements;
  }

  /** @throws {OnnxLimitError} if a node is one too many */
  step(place: string): void {
    this.#steps += 1;
    if (this.#steps > this.#maxSteps) {
      throw new OnnxLimitError(place, "the number of nodes computed", this.#maxSteps, "limits.maxSteps");
    }
  }
}

function extentProduct(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * Math.max(extent, 1), 1);
}
