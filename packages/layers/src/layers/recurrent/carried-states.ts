/** What a stateful layer carries from batch to batch. */
import type { Session, Tensor } from "@cellstate/tensor";
import { DataError } from "../../errors.ts";

/** The final states of a batch, from which the next one goes on; gradients end between batches. */
export class CarriedStates {
  readonly #owner: string;
  #states: { readonly data: ArrayLike<number>; readonly shape: readonly number[] }[] | undefined;

  constructor(owner: string) {
    this.#owner = owner;
  }

  /** @throws {DataError} if there were another number of rows */
  load(session: Session, batchSize: number): Tensor[] | undefined {
    const before = this.#states?.[0]?.shape[0] ?? batchSize;
    if (before !== batchSize) {
      throw new DataError(
        `${this.#owner}: is stateful and expected ${before} rows as in the batch before, got ${batchSize}; choose a batchSize that ` +
          "divides the examples, or call model.resetStates()",
      );
    }
    return this.#states?.map(({ data, shape }) => session.tensor(data, shape));
  }

  save(states: readonly Tensor[]): void {
    this.#states = states.map((tensor) => ({ data: tensor.readSync(), shape: tensor.shape }));
  }

  reset(): void {
    this.#states = undefined;
  }
}
