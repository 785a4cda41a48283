/** What the convolutions of a ConvLSTM give its gates. */
import { concat, linear, mul, reshape, slice, type Tensor, transpose } from "@cellstate/tensor";
import { type GridWindows, rowsOrZeros } from "./windows.ts";

/** A convolution that gives the four gates. */
export interface Filters {
  /** `[4 * hiddenSize, window * channels]` */
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly windows: GridWindows;
  /** Places that the windows see. */
  readonly places: number;
}

/**
 * A convolution's part of the pre-activations, `[rows * windows, 4 * hiddenSize]`.
 *
 * @param x        `[rows, places * channels]`
 * @param factors  `[rows, 4 * places * channels]`: what each gate sees of it. Default: all
 */
export function gateSums(x: Tensor, { weight, bias, windows, places }: Filters, factors: Tensor | undefined): Tensor {
  if (factors === undefined) return linear(seen(x, windows, places), weight, bias);
  const hiddenSize = weight.shape[0]! / 4;
  const gates = [0, 1, 2, 3].map((gate) => {
    const ofGate = (tensor: Tensor, axis: number, size: number) => slice(tensor, axis, gate * size, (gate + 1) * size);
    const kept = mul(x, ofGate(factors, 1, x.shape[1]!));
    return linear(seen(kept, windows, places), ofGate(weight, 0, hiddenSize), ofGate(bias, 0, hiddenSize));
  });
  return concat(gates, 1);
}

/**
 * What each place of the output sees.
 *
 * @param x         `[rows, places * channels]`
 * @param elements  the places that the windows see, window by window
 * @returns `[rows * windows, window * channels]`
 */
function seen(x: Tensor, { elements, counts }: GridWindows, places: number): Tensor {
  const rows = x.shape[0]!;
  const channels = x.shape[1]! / places;
  const numbers = new Int32Array(rows * elements.length);
  for (let row = 0; row < rows; row++) {
    elements.forEach((element, index) => {
      numbers[row * elements.length + index] = element < 0 ? -1 : row * places + element;
    });
  }
  const windows = counts.reduce(product, 1);
  const width = (elements.length / windows) * channels;
  return reshape(rowsOrZeros(reshape(x, [rows * places, channels]), numbers), [rows * windows, width]);
}

/** Filters `[outputs, channels, ...kernel]` as a matrix `[outputs, kernel * channels]`. */
export function asRows(filters: Tensor): Tensor {
  const [outputs, channels, ...kernel] = filters.shape as [number, number, ...number[]];
  const places = kernel.reduce(product, 1);
  return reshape(transpose(reshape(filters, [outputs, channels, places]), [0, 2, 1]), [outputs, places * channels]);
}

export function product(a: number, b: number): number {
  return a * b;
}
