/** What a model carries from batch to batch, such as the recurrent state of a language model, and its way through checkpoints. */
import type { TensorData } from "@cellstate/tensor";
import { requireSameNames, requireSameTensors } from "./saved-tensors.ts";

/** A memory of the model that a resumed run must find again. Names, shapes and types stay the same for the whole run. */
export interface CarriedState {
  /** A copy of what is carried after the last step, by name; before the first step, what it begins with. */
  state(): ReadonlyMap<string, TensorData>;
  /** Goes on from what `state()` gave: as many tensors, with the same names, shapes and types. */
  load(tensors: ReadonlyMap<string, TensorData>): void;
}

/**
 * What a checkpoint held, for a model that carries `carried`, or nothing.
 *
 * @throws {TrainingStateError} if the checkpoint lacks tensors that the model carries, or has others
 */
export function loadCarried(carried: CarriedState | undefined, saved: ReadonlyMap<string, TensorData>): void {
  const expected = carried?.state() ?? new Map<string, TensorData>();
  requireSameNames("carried state", expected, saved);
  requireSameTensors("carried state", expected, saved);
  carried?.load(saved);
}
