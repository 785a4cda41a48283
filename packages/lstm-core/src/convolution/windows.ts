/** Which elements of an axis, or of a grid of several, each output of a convolution or a pooling sees. */
import { concat, gatherRows, OptionError, type Tensor } from "@cellstate/tensor";
import { requireLengths, requireSize } from "../errors.ts";

/**
 * What stands around the elements: `valid` nothing; `same` zeros so that there are `ceil(length / stride)` windows, one more at the end
 * where their number is odd; `causal` zeros before the first element only, so that no output sees a later element; a number so many
 * zeros at both ends.
 */
export type Padding = "valid" | "same" | "causal" | number;

/** Windows along one axis. */
export interface Windows {
  /** Elements of a window, at least 1. */
  readonly kernelSize: number;
  /** Elements from one window to the next, at least 1. */
  readonly stride: number;
  /** Elements from one to the next within a window, at least 1. */
  readonly dilation: number;
  readonly padding: Padding;
}

/** @throws {OptionError} naming the first option outside its range */
export function requireWindows(owner: string, { kernelSize, stride, dilation, padding }: Windows): void {
  requireSize(owner, "kernelSize", kernelSize);
  requireSize(owner, "stride", stride);
  requireSize(owner, "dilation", dilation);
  const isNamed = padding === "valid" || padding === "same" || padding === "causal";
  if (!isNamed && !(Number.isSafeInteger(padding) && padding >= 0)) {
    throw new OptionError(owner, "padding", "valid, same, causal or an integer >= 0", padding);
  }
}

/** How many windows an axis of `length` elements has; none without elements. */
export function windowCount(length: number, windows: Windows): number {
  return layOut(length, windows).count;
}

function layOut(length: number, { kernelSize, stride, dilation, padding }: Windows): { before: number; count: number } {
  const reach = (kernelSize - 1) * dilation + 1;
  const fitting = (zeros: number) => Math.max(0, Math.floor((length + zeros - reach) / stride) + 1);
  if (length === 0) return { before: 0, count: 0 };
  if (padding === "valid") return { before: 0, count: fitting(0) };
  if (padding === "causal") return { before: reach - 1, count: fitting(reach - 1) };
  if (padding !== "same") return { before: padding, count: fitting(2 * padding) };
  const count = Math.ceil(length / stride);
  const zeros = Math.max((count - 1) * stride + reach - length, 0);
  return { before: Math.floor(zeros / 2), count };
}

/** The elements of each window, window by window; -1 stands for a zero around them. */
function windowElements(length: number, windows: Windows): Int32Array {
  const { kernelSize, stride, dilation } = windows;
  const { before, count } = layOut(length, windows);
  const elements = new Int32Array(count * kernelSize);
  elements.forEach((_, index) => {
    const element = Math.floor(index / kernelSize) * stride - before + (index % kernelSize) * dilation;
    elements[index] = element >= 0 && element < length ? element : -1;
  });
  return elements;
}

/** Windows over several axes, row-major. */
export interface GridWindows {
  /** How many there are along each axis. */
  readonly counts: readonly number[];
  /** Row-major numbers of the elements that each window sees, window by window; -1 stands for a zero around them. */
  readonly elements: Int32Array;
}

export function gridWindows(shape: readonly number[], axes: readonly Windows[]): GridWindows {
  let counts: number[] = [];
  let elements: number[][] = [[0]]; // of each window so far
  shape.forEach((length, axis) => {
    const windows = axes[axis]!;
    const along = windowElements(length, windows);
    const count = along.length / windows.kernelSize;
    elements = elements.flatMap((outer) =>
      Array.from({ length: count }, (_, window) => {
        const own = along.subarray(window * windows.kernelSize, (window + 1) * windows.kernelSize);
        return outer.flatMap((element) =>
          Array.from(own, (inner) => (element < 0 || inner < 0 ? -1 : element * length + inner)),
        );
      }),
    );
    counts = [...counts, count];
  });
  return { counts, elements: Int32Array.from(elements.flat()) };
}

/** Rows of `x`, `[rows, feature]`, by number; -1 gives zeros. */
export function rowsOrZeros(x: Tensor, numbers: Int32Array): Tensor {
  if (!numbers.includes(-1)) return gatherRows(x, numbers);
  const [rows, features] = x.shape as [number, number];
  const padded = concat([x, x.session.zeros([1, features])], 0);
  return gatherRows(
    padded,
    numbers.map((number) => (number < 0 ? rows : number)),
  );
}

interface PaddedRows {
  readonly batchSize: number;
  readonly seqLen: number;
  readonly lengths?: Int32Array | undefined;
}

/**
 * What windows over time see: for each output, row by row, the numbers `row * seqLen + time` of the steps (-1 for a zero), its place
 * among the `batchSize * steps` of the output, and the steps of the output.
 */
export function seenSteps(owner: string, windows: Windows, { batchSize, seqLen, lengths }: PaddedRows) {
  const real = lengths ?? new Int32Array(batchSize).fill(seqLen);
  requireLengths(owner, real, batchSize, seqLen);
  const steps = windowCount(seqLen, windows);
  const rows: number[] = [];
  const places: number[] = [];
  real.forEach((length, row) => {
    for (const element of windowElements(length, windows)) rows.push(element < 0 ? -1 : row * seqLen + element);
    for (let step = 0; step < windowCount(length, windows); step++) places.push(row * steps + step);
  });
  return { rows: Int32Array.from(rows), places: Int32Array.from(places), steps };
}
