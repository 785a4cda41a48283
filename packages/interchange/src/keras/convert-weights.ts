/** Weights of older layers and of those for graphics cards, as today's layers have them. */
import type { TensorData, TypedArray } from "@cellstate/tensor";
import { ModelFormatError } from "../errors.ts";
import type { LayerDescription } from "./network.ts";
import type { Writer } from "./writer.ts";

/**
 * The weights of a layer in the order and the layout of Keras 2 and 3.
 *
 * @see Keras 2.15, `legacy/saving/legacy_h5_format.py`, which converts old files in the same way
 */
export function convertWeights(
  layer: LayerDescription,
  weights: readonly TensorData[],
  writer: Writer,
  file: string,
): readonly TensorData[] {
  const { className, writtenClass, inner, backward } = layer;
  if (className === "TimeDistributed") return convertWeights(inner!, weights, writer, file);
  if (className === "Bidirectional") {
    const own = backward === undefined ? weights.length / 2 : weightCount(inner!);
    return [
      ...convertWeights(inner!, weights.slice(0, own), writer, file),
      ...convertWeights(backward ?? inner!, weights.slice(own), writer, file),
    ];
  }
  if (writtenClass.startsWith("CuDNN")) return fromCudnn(className === "LSTM" ? 4 : 3, weights, file);
  if (writtenClass === "Normalization") return weights.slice(0, 2).map(asVector); // behind them stands how many were seen
  if (writer.major > 1) return weights;
  if (className === "LSTM" && weights.length === 12) return joinGates(weights, [0, 2, 1, 3]);
  if (className === "GRU" && weights.length === 9) return joinGates(weights, [0, 1, 2]);
  if (className === "Conv1D") return fromConvolution1D(layer, weights, writer);
  return weights;
}

/** Of a recurrent layer of a Keras that knows a `backward_layer`. */
function weightCount({ options }: LayerDescription): 2 | 3 {
  return options.useBias === false ? 2 : 3;
}

function asVector({ dtype, data }: TensorData): TensorData {
  return { dtype, shape: [data.length], data };
}

/**
 * Keras 1 has three weights for each gate: of the input, of the state, and a bias.
 *
 * @param order  places of the gates in the file, in the order of today
 */
function joinGates(weights: readonly TensorData[], order: readonly number[]): TensorData[] {
  return [0, 1, 2].map((part) => besides(order.map((gate) => weights[3 * gate + part]!)));
}

/** Matrices side by side, or vectors one after the other. */
function besides(parts: readonly TensorData[]): TensorData {
  const [first] = parts as [TensorData, ...TensorData[]];
  const rows = first.shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const widths = parts.map(({ shape }) => shape.at(-1) ?? 0);
  const width = widths.reduce((sum, one) => sum + one, 0);
  const data = new Float32Array(rows * width);
  let column = 0;
  for (const [index, part] of parts.entries()) {
    const own = widths[index]!;
    for (let row = 0; row < rows; row++) data.set(part.data.subarray(row * own, (row + 1) * own), row * width + column);
    column += own;
  }
  return { dtype: "float32", shape: [...first.shape.slice(0, -1), width], data };
}

/** Kernels stand transposed in memory, and each gate has a bias of the input and one of the state. */
function fromCudnn(gates: 3 | 4, weights: readonly TensorData[], file: string): TensorData[] {
  const [kernel, recurrentKernel, bias] = weights;
  if (weights.length !== 3 || kernel?.shape.length !== 2 || recurrentKernel?.shape.length !== 2) {
    throw new ModelFormatError(
      file,
      `expected a kernel, a recurrent kernel and a bias of a CuDNN layer, got ${weights.length} weights`,
    );
  }
  const units = recurrentKernel.shape[0]!;
  const half = bias!.data.length / 2;
  const sums = bias!.data.slice(0, half).map((value, index) => value + bias!.data[half + index]!);
  return [
    eachGate(kernel, gates, (data, rows) => columnsFirst(data, rows, units)),
    eachGate(recurrentKernel, gates, (data) => transposed(data, units, units)),
    gates === 4
      ? { dtype: "float32", shape: [half], data: sums }
      : { dtype: "float32", shape: [2, half], data: bias!.data },
  ];
}

function eachGate(
  { shape, data }: TensorData,
  gates: number,
  change: (gate: Float32Array, rows: number) => Float32Array,
): TensorData {
  const [rows, width] = shape as [number, number];
  const units = width / gates;
  const parts = Array.from({ length: gates }, (_, gate): TensorData => {
    const own = Float32Array.from({ length: rows * units }, (_one, at) => {
      return data[Math.floor(at / units) * width + gate * units + (at % units)]!;
    });
    return { dtype: "float32", shape: [rows, units], data: change(own, rows) };
  });
  return besides(parts);
}

/** The same elements, taken to stand column by column. */
function columnsFirst(data: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: rows * columns },
    (_, at) => data[Math.floor(at / columns) + (at % columns) * rows]!,
  );
}

function transposed(data: TypedArray, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
}

/** Keras 1 has an axis of extent 1 behind the first; Theano's order of axes was another, and its kernels ran backwards. */
function fromConvolution1D(
  { options }: LayerDescription,
  weights: readonly TensorData[],
  { backend }: Writer,
): TensorData[] {
  const [kernel, ...rest] = weights as [TensorData, ...TensorData[]];
  if (kernel?.shape.length !== 4) return [...weights];
  const [first, second, , last] = kernel.shape as [number, number, number, number];
  const isOfToday = first === options.kernelSize && second === 1 && last === options.filters;
  const [filters, features, steps] = kernel.shape as [number, number, number];
  const ordered = isOfToday
    ? { dtype: kernel.dtype, shape: [first, kernel.shape[2]!, last], data: kernel.data }
    : {
        dtype: kernel.dtype,
        shape: [steps, features, filters],
        data: axesReversed(kernel.data, filters, features, steps),
      };
  return [backend === "theano" ? stepsReversed(ordered) : ordered, ...rest];
}

/** From `[filters, features, steps]` to `[steps, features, filters]`. */
function axesReversed(data: TypedArray, filters: number, features: number, steps: number): Float32Array {
  return Float32Array.from({ length: data.length }, (_, at) => {
    const filter = at % filters;
    const feature = Math.floor(at / filters) % features;
    return data[(filter * features + feature) * steps + Math.floor(at / (filters * features))]!;
  });
}

function stepsReversed({ dtype, shape, data }: TensorData): TensorData {
  const size = data.length / shape[0]!;
  const reversed = new Float32Array(data.length);
  for (let step = 0; step < shape[0]!; step++) {
    reversed.set(data.subarray(step * size, (step + 1) * size), (shape[0]! - 1 - step) * size);
  }
  return { dtype, shape, data: reversed };
}
