/** The tensor: a shape over a block of elements that a session's backend owns. */
import type { DType, TypedArray } from "./dtype.ts";
import { AutogradError, ScopeError, ShapeError } from "./errors.ts";
import { formatElements } from "./format-tensor.ts";
import type { Session } from "./session.ts";
import { type Shape, sizeOf } from "./shape.ts";
import type { Storage } from "./storage.ts";

/** What ends the elements of a live session. */
export type FreedBy = "scope" | "backward" | "free";

/** Elements with an owner: the scope that frees them, or the session itself. */
export interface Block {
  readonly storage: Storage;
  /** Made by a caller who wants gradients, not by an op: changed by `write`, `assign` and optimizer steps only. */
  readonly isParameter: boolean;
  /** What ended it; undefined while its elements are there. */
  freedBy: FreedBy | undefined;
}

/**
 * An n-dimensional array, contiguous and row-major. Ops make new tensors and never change old ones; only `write`,
 * `assign` and the optimizer steps change a tensor in place. Made by a {@link Session}, never directly.
 */
export class Tensor {
  readonly session: Session;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Number of elements. */
  readonly size: number;
  readonly #block: Block;
  #requiresGrad: boolean;

  /** @internal */
  constructor(session: Session, block: Block, shape: Shape, requiresGrad: boolean) {
    this.session = session;
    this.#block = block;
    this.shape = Object.freeze([...shape]);
    this.size = sizeOf(shape);
    this.dtype = block.storage.dtype;
    this.#requiresGrad = requiresGrad;
  }

  /** True for parameters that are not frozen, and for everything computed from them while recording. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }

  /**
   * Freezes a parameter (false) or has it learn again (true): from the next op on, nothing is recorded for its sake and `backward`
   * works out no gradient of it. Call it between steps.
   *
   * @throws {AutogradError} if it was not made with `requiresGrad: true`
   */
  setRequiresGrad(requiresGrad: boolean): void {
    if (!this.#block.isParameter) {
      throw new AutogradError(
        "setRequiresGrad: expected a parameter, got a tensor that was made without requiresGrad or by an op",
      );
    }
    this.#requiresGrad = requiresGrad;
  }

  /** @internal The block, whether alive or not: scopes move and free it. */
  get block(): Block {
    return this.#block;
  }

  /** @internal @throws {ScopeError} when the elements are gone: with the tensor's scope, in backward, or with the session */
  get storage(): Storage {
    if (this.#isGone) throw this.#goneError();
    return this.#block.storage;
  }

  get #isGone(): boolean {
    return this.#block.freedBy !== undefined || this.session.isDisposed;
  }

  #goneError(): ScopeError {
    const tensor = `tensor [${this.shape.join(", ")}]`;
    switch (this.#block.freedBy) {
      case "scope":
        return new ScopeError(`${tensor} was used after its scope ended; return it through scope.keep(tensor)`);
      case "backward":
        return new ScopeError(
          `${tensor} was used after backward freed it; read it before, or call scope.keep(tensor) before backward`,
        );
      case "free":
        return new ScopeError(`${tensor} was used after scope.free(tensor)`);
      default:
        return new ScopeError(`${tensor} was used after its session was disposed`);
    }
  }

  /** A copy of the elements, row-major. */
  async read(): Promise<TypedArray> {
    return this.readSync();
  }

  /** A copy of the elements, row-major; for backends on the processor. */
  readSync(): TypedArray {
    return this.session.backend.read(this.storage);
  }

  /** The value of a tensor of one element. @throws {ShapeError} if there are more or none */
  item(): number {
    if (this.size !== 1) throw new ShapeError("item", "a tensor of one element", this.shape);
    return this.readSync()[0]!;
  }

  /** Replaces all elements in place, row-major: for parameters and optimizer state. @throws {ShapeError} on another count */
  write(data: ArrayLike<number>): void {
    if (data.length !== this.size) {
      throw new ShapeError("write", `${this.size} elements for shape [${this.shape.join(", ")}]`, `${data.length}`);
    }
    this.session.backend.write(this.storage, data);
  }

  /** Type, shape and elements; of more than 1,000 elements the first and last ones of each dimension. */
  toString(): string {
    const type = `${this.dtype}[${this.shape.join(", ")}]`;
    if (this.#isGone) return `Tensor(${type}, freed)`;
    return `Tensor(${type}) ${formatElements(this.readSync(), this.shape)}`;
  }

  /** What `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
