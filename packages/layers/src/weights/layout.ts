/**
 * How a weight lies in memory and in Keras: layers keep PyTorch's layout, `[outputs, inputs]` with its order of gates, and people
 * read and write Keras's, `[inputs, outputs]` with Keras's order of gates.
 */
import type { Tensor } from "@cellstate/tensor";

/** A tensor with, for each of its elements, its place among those of Keras's weight. */
export interface WeightPart {
  readonly tensor: Tensor;
  /** Default: the same places. */
  readonly places?: Int32Array | undefined;
  /** Which of Keras's axes each of its axes is. Default: the same. */
  readonly axes?: readonly number[] | undefined;
}

/** A matrix `[outputs, inputs]` that Keras has as `[inputs, outputs]`. */
export function transposed(tensor: Tensor): WeightPart {
  const [rows, columns] = tensor.shape as [number, number];
  return { tensor, places: placesOf([rows, columns], ([row, column]) => column! * rows + row!), axes: [1, 0] };
}

/**
 * Stacked gates: block `g` of the rows is block `order[g]` of Keras's columns.
 *
 * @param tensor  `[gates * units, inputs]`, or a bias `[gates * units]`
 * @param order   Keras's place of each of our gates
 * @param start   where the part begins among Keras's elements, for a bias of two rows
 */
export function gateColumns(tensor: Tensor, order: readonly number[], start = 0): WeightPart {
  const [rows, columns = 1] = tensor.shape as [number, number?];
  const units = rows / order.length;
  const places = placesOf([rows, columns], ([row, column]) => {
    const gate = Math.floor(row! / units);
    return start + column! * rows + order[gate]! * units + (row! % units);
  });
  return { tensor, places, ...(tensor.shape.length === 2 && { axes: [1, 0] }) };
}

/** Axis `i` of the tensor is axis `axes[i]` of Keras's weight. */
export function permuted(tensor: Tensor, axes: readonly number[]): WeightPart {
  const kerasShape: number[] = [];
  axes.forEach((axis, at) => {
    kerasShape[axis] = tensor.shape[at]!;
  });
  const strides = kerasShape.map((_, axis) => kerasShape.slice(axis + 1).reduce((size, extent) => size * extent, 1));
  return {
    tensor,
    places: placesOf(tensor.shape, (index) => axes.reduce((sum, axis, at) => sum + index[at]! * strides[axis]!, 0)),
    axes,
  };
}

function placesOf(shape: readonly number[], placeOf: (index: readonly number[]) => number): Int32Array {
  const places = new Int32Array(shape.reduce((size, extent) => size * extent, 1));
  const index = shape.map(() => 0);
  for (let at = 0; at < places.length; at++) {
    places[at] = placeOf(index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return places;
}
