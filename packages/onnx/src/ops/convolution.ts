/** Convolution and pooling over any number of spatial axes, by gathering the windows. */
import {
  add,
  concat,
  gatherRows,
  linear,
  max,
  mean,
  mul,
  reshape,
  slice,
  sum,
  type Tensor,
  transpose,
} from "@cellstate/tensor";
import type { NodeCall, Op } from "../run/op.ts";
import { sizeOf, stridesOf } from "../shapes.ts";
import { floatValue, type OnnxValue } from "../values.ts";

interface Windows {
  /** Extents of the result's spatial axes. */
  readonly shape: readonly number[];
  /** `[outputs, kernel elements]`: places among the input's spatial elements, -1 on padding. */
  readonly places: Int32Array;
}

/** Places of all windows over `extents`. */
function windowsOver(call: NodeCall, extents: readonly number[], kernel: readonly number[]): Windows {
  const { attributes } = call.node;
  const ones = extents.map(() => 1);
  const strides = attributes.ints("strides") ?? ones;
  const dilations = attributes.ints("dilations") ?? ones;
  if ([kernel, strides, dilations].some((list) => list.length !== extents.length || list.some((n) => !(n >= 1)))) {
    throw call.fault(`expected kernel, strides and dilations of ${extents.length} extents from 1`);
  }
  const spans = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const [before, after] = padsOf(call, extents, strides, spans);
  const isCeiled = call.int("ceil_mode", 0) !== 0;
  const shape = extents.map((extent, axis) => {
    const room = (extent + before[axis]! + after[axis]! - spans[axis]!) / strides[axis]!;
    const count = Math.max(0, (isCeiled ? Math.ceil(room) : Math.floor(room)) + 1);
    // A window that would begin in the padding behind is none.
    return isCeiled && (count - 1) * strides[axis]! >= extent + before[axis]! ? count - 1 : count;
  });
  call.reserve([...shape, ...kernel]);
  const inputStrides = stridesOf(extents);
  const along = (axis: number) =>
    Array.from({ length: shape[axis]! }, (_, out) =>
      Array.from({ length: kernel[axis]! }, (_, tap) => {
        const at = out * strides[axis]! + tap * dilations[axis]! - before[axis]!;
        return at >= 0 && at < extents[axis]! ? at * inputStrides[axis]! : -1;
      }),
    );
  // One axis after the other: the places so far, each with every place of the next one.
  let places: number[][] = [[0]];
  extents.forEach((_, axis) => {
    const next = along(axis);
    places = places.flatMap((window) =>
      next.map((taps) => window.flatMap((place) => taps.map((tap) => (place < 0 || tap < 0 ? -1 : place + tap)))),
    );
  });
  return { shape, places: Int32Array.from(places.flat()) };
}

function padsOf(
  call: NodeCall,
  extents: readonly number[],
  strides: readonly number[],
  spans: readonly number[],
): [number[], number[]] {
  const mode = call.string("auto_pad", "NOTSET");
  if (mode === "NOTSET" || mode === "VALID") {
    const pads = (mode === "NOTSET" && call.node.attributes.ints("pads")) || extents.flatMap(() => [0, 0]);
    if (pads.length !== 2 * extents.length || pads.some((n) => !(n >= 0))) {
      throw call.fault(`expected ${2 * extents.length} pads from 0, got [${pads.join(", ")}]`);
    }
    return [pads.slice(0, extents.length), pads.slice(extents.length)];
  }
  const totals = extents.map((extent, axis) =>
    Math.max(0, (Math.ceil(extent / strides[axis]!) - 1) * strides[axis]! + spans[axis]! - extent),
  );
  const less = totals.map((total) => Math.floor(total / 2));
  const more = totals.map((total, axis) => total - less[axis]!);
  return mode === "SAME_LOWER" ? [more, less] : [less, more];
}

/** `[n, channels, ...]` to `[n * outputs, kernel elements, channels]`, with `fill` on padding. */
function gathered(call: NodeCall, x: Tensor, { shape, places }: Windows, fill: number): Tensor {
  const [batch, channels, ...extents] = x.shape as [number, number, ...number[]];
  const size = sizeOf(extents);
  const taps = places.length / Math.max(1, sizeOf(shape));
  call.reserve([batch, ...shape, taps, channels]);
  const rows = reshape(transpose(reshape(x, [batch, channels, size]), [0, 2, 1]), [batch * size, channels]);
  const filled = concat([rows, call.session.full([1, channels], fill)], 0);
  const all = new Int32Array(batch * places.length);
  for (let row = 0; row < batch; row++) {
    places.forEach((place, index) => {
      all[row * places.length + index] = place < 0 ? batch * size : row * size + place;
    });
  }
  return reshape(gatherRows(filled, all), [batch * sizeOf(shape), taps, channels]);
}

/** `[n * outputs, channels]` to `[n, channels, ...]`. */
function channelsFirst(x: Tensor, batch: number, shape: readonly number[]): Tensor {
  const channels = x.shape[1]!;
  return reshape(transpose(reshape(x, [batch, sizeOf(shape), channels]), [0, 2, 1]), [batch, channels, ...shape]);
}

function convolve(call: NodeCall): OnnxValue {
  const [x, weight] = [call.tensor(0), call.tensor(1)];
  const bias = call.optionalTensor(2);
  const [batch, channels, ...extents] = x.shape as [number, number, ...number[]];
  const [outputs, perGroup, ...kernel] = weight.shape as [number, number, ...number[]];
  const groups = call.int("group", 1);
  if (extents.length < 1 || perGroup * groups !== channels || outputs % groups !== 0) {
    throw call.fault(
      `expected a weight for ${channels} channels in ${groups} groups, got [${weight.shape.join(", ")}]`,
    );
  }
  const windows = windowsOver(call, extents, kernel);
  const taken = gathered(call, x, windows, 0); // [n * outputs, taps, channels]
  const taps = sizeOf(kernel);
  const parts = Array.from({ length: groups }, (_, group) => {
    const seen = slice(taken, 2, group * perGroup, (group + 1) * perGroup);
    const own = slice(weight, 0, (group * outputs) / groups, ((group + 1) * outputs) / groups);
    const columns = transpose(reshape(own, [outputs / groups, perGroup, taps]), [0, 2, 1]);
    return linear(
      reshape(seen, [seen.shape[0]!, taps * perGroup]),
      reshape(columns, [outputs / groups, taps * perGroup]),
    );
  });
  const product = groups === 1 ? parts[0]! : concat(parts, 1);
  return floatValue(channelsFirst(bias ? add(product, bias) : product, batch, windows.shape));
}

function maxPool(call: NodeCall): OnnxValue {
  const x = call.tensor(0);
  if (call.node.outputs.length > 1) throw call.fault("expected one output, got the indices too");
  const windows = windowsOver(call, x.shape.slice(2), call.node.attributes.ints("kernel_shape") ?? []);
  return floatValue(
    channelsFirst(max(gathered(call, x, windows, Number.NEGATIVE_INFINITY), 1), x.shape[0]!, windows.shape),
  );
}

function averagePool(call: NodeCall): OnnxValue {
  const x = call.tensor(0);
  const kernel = call.node.attributes.ints("kernel_shape") ?? [];
  const windows = windowsOver(call, x.shape.slice(2), kernel);
  const taps = sizeOf(kernel);
  const countsPadding = call.int("count_include_pad", 0) !== 0;
  if (countsPadding && call.int("ceil_mode", 0) !== 0)
    throw call.fault("expected ceil_mode 0 with count_include_pad 1");
  const shares = Array.from({ length: sizeOf(windows.shape) }, (_, out) => {
    const real = windows.places.subarray(out * taps, (out + 1) * taps).filter((place) => place >= 0).length;
    return 1 / (countsPadding ? taps : real);
  });
  const pooled = channelsFirst(sum(gathered(call, x, windows, 0), 1), x.shape[0]!, windows.shape);
  return floatValue(mul(pooled, call.session.tensor(shares, windows.shape)));
}

/** Over all spatial axes at once. */
function poolAll(pool: (x: Tensor, axis: number) => Tensor): Op {
  return {
    attributes: [],
    run: (call) => {
      const x = call.tensor(0);
      const [batch, channels, ...extents] = x.shape as [number, number, ...number[]];
      const flat = reshape(x, [batch, channels, sizeOf(extents)]);
      return floatValue(reshape(pool(flat, 2), [batch, channels, ...extents.map(() => 1)]));
    },
  };
}

const windowAttributes = ["auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "strides"];

export const convolutionOps: Readonly<Record<string, Op>> = {
  Conv: { attributes: ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"], run: convolve },
  MaxPool: { attributes: [...windowAttributes, "storage_order"], run: maxPool },
  AveragePool: { attributes: [...windowAttributes, "count_include_pad"], run: averagePool },
  GlobalMaxPool: poolAll(max),
  GlobalAveragePool: poolAll(mean),
};
