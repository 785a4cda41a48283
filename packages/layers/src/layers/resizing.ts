/** Layers that change the number of steps: ZeroPadding1D, Cropping1D, UpSampling1D. */
import { concat, reshape, slice, type Tensor, unsqueeze } from "@cellstate/tensor";
import { ModelError } from "../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { requireRank, shapeText } from "../shape.ts";
import { requireUnits } from "./dense.ts";

/** Steps at both ends, or at the start and at the end. */
type Ends = number | readonly [start: number, end: number];

function endsOf(ends: Ends): readonly [number, number] {
  return typeof ends === "number" ? [ends, ends] : ends;
}

export interface ZeroPadding1dOptions {
  /** Steps of zeros. Default 1 at each end. */
  readonly padding?: Ends | undefined;
}

export const zeroPadding1dKind: LayerKind<ZeroPadding1dOptions> = {
  className: "ZeroPadding1D",
  optionNames: { padding: true },
  plan({ padding = 1 }, [input], owner) {
    const [seqLen, features] = requireRank(owner, input, 2, "(batch, time, features)");
    const [start, end] = endsOf(padding);
    return {
      outputs: [[seqLen === null ? null : seqLen! + start + end, features!]],
      make: ({ session }) => ({
        run([x]) {
          const [batchSize, , size] = x!.tensor.shape as [number, number, number];
          const zeros = (steps: number) => session.zeros([batchSize, steps, size]);
          return [{ tensor: concat([zeros(start), x!.tensor, zeros(end)], 1) }];
        },
      }),
    };
  },
};

/** Zeros before and behind a sequence. */
export function zeroPadding1d(options: ZeroPadding1dOptions & CommonLayerOptions = {}): Layer {
  return new Layer(zeroPadding1dKind, options);
}

export interface Cropping1dOptions {
  /** Steps that are cut off. Default 1 at each end. */
  readonly cropping?: Ends | undefined;
}

export const cropping1dKind: LayerKind<Cropping1dOptions> = {
  className: "Cropping1D",
  optionNames: { cropping: true },
  plan({ cropping = 1 }, [input], owner) {
    const [seqLen, features] = requireRank(owner, input, 2, "(batch, time, features)");
    const [start, end] = endsOf(cropping);
    if (seqLen !== null && seqLen! <= start + end) {
      throw new ModelError(`${owner}: expected more than ${start + end} steps, got ${shapeText(input!)}`);
    }
    const cut = (x: Tensor) => slice(x, 1, start, x.shape[1]! - end);
    return {
      outputs: [[seqLen === null ? null : seqLen! - start - end, features!]],
      make: () => ({ run: ([x]) => [{ tensor: cut(x!.tensor) }] }),
    };
  },
};

/** A sequence without its first and last steps. */
export function cropping1d(options: Cropping1dOptions & CommonLayerOptions = {}): Layer {
  return new Layer(cropping1dKind, options);
}

export interface UpSampling1dOptions {
  /** How often each step comes. Default 2. */
  readonly size?: number | undefined;
}

export const upSampling1dKind: LayerKind<UpSampling1dOptions> = {
  className: "UpSampling1D",
  optionNames: { size: true },
  plan({ size = 2 }, [input], owner) {
    requireUnits(owner, size, "size");
    const [seqLen, features] = requireRank(owner, input, 2, "(batch, time, features)");
    return {
      outputs: [[seqLen === null ? null : seqLen! * size, features!]],
      make: () => ({
        run([x]) {
          const [batchSize, steps, width] = x!.tensor.shape as [number, number, number];
          const each = unsqueeze(x!.tensor, 2);
          const repeated = concat(new Array<Tensor>(size).fill(each), 2);
          return [{ tensor: reshape(repeated, [batchSize, steps * size, width]) }];
        },
      }),
    };
  },
};

/** Each step of a sequence several times. */
export function upSampling1d(options: UpSampling1dOptions & CommonLayerOptions = {}): Layer {
  return new Layer(upSampling1dKind, options);
}
