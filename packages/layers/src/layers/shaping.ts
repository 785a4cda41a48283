/** Layers that only move elements: Flatten, Reshape, Permute, RepeatVector. */
import { concat, OptionError, reshape, transpose, unsqueeze } from "@cellstate/tensor";
import { ModelError } from "../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { elementsIn, type LayerShape, requireRank, shapeText } from "../shape.ts";
import { requireUnits } from "./dense.ts";

export const flattenKind: LayerKind<Record<never, never>> = {
  className: "Flatten",
  optionNames: {},
  plan(_options, [input]) {
    const size = input!.includes(null) ? null : elementsIn(input!);
    return {
      outputs: [[size]],
      make: () => ({ run: ([x]) => [{ tensor: reshape(x!.tensor, [x!.tensor.shape[0]!, -1]) }] }),
    };
  },
};

/** All features of an example as one vector. */
export function flatten(options: CommonLayerOptions = {}): Layer {
  return new Layer(flattenKind, options);
}

export interface ReshapeOptions {
  /** Of one example; one extent may be -1. */
  readonly targetShape: readonly number[];
}

export const reshapeKind: LayerKind<ReshapeOptions> = {
  className: "Reshape",
  optionNames: { targetShape: true },
  plan({ targetShape }, [input], owner) {
    return {
      outputs: [reshapedTo(owner, input!, targetShape)],
      make: () => ({ run: ([x]) => [{ tensor: reshape(x!.tensor, [x!.tensor.shape[0]!, ...targetShape]) }] }),
    };
  },
};

/** @throws {ModelError} if the elements cannot have such a shape */
function reshapedTo(owner: string, input: LayerShape, target: readonly number[]): LayerShape {
  if (!Array.isArray(target)) throw new OptionError(owner, "targetShape", "a list, such as [4, 2]", target);
  const known = target.reduce((size, extent) => (extent === -1 ? size : size * extent), 1);
  if (input.includes(null)) return target.map((extent) => (extent === -1 ? null : extent));
  const size = elementsIn(input);
  const open = target.filter((extent) => extent === -1).length;
  if (open > 1 || (open === 0 ? size !== known : size % known !== 0)) {
    throw new ModelError(
      `${owner}: expected a targetShape of ${size} elements for ${shapeText(input)}, got [${target.join(", ")}]`,
    );
  }
  return target.map((extent) => (extent === -1 ? size / known : extent));
}

/** The same elements in another shape, row-major. */
export function reshapeLayer(targetShape: readonly number[], options: CommonLayerOptions = {}): Layer {
  return new Layer(reshapeKind, { targetShape, ...options });
}

export interface PermuteOptions {
  /** Axes of an example, counted from 1, in their new order. */
  readonly dims: readonly number[];
}

export const permuteKind: LayerKind<PermuteOptions> = {
  className: "Permute",
  optionNames: { dims: true },
  plan({ dims }, [input], owner) {
    if (!Array.isArray(dims)) throw new OptionError(owner, "dims", "a list, such as [2, 1]", dims);
    const sorted = [...dims].sort((a, b) => a - b);
    if (sorted.length !== input!.length || sorted.some((dim, at) => dim !== at + 1)) {
      throw new OptionError(owner, "dims", `each of 1 to ${input!.length} once`, `[${dims.join(", ")}]`);
    }
    return {
      outputs: [dims.map((dim) => input![dim - 1]!)],
      make: () => ({ run: ([x]) => [{ tensor: transpose(x!.tensor, [0, ...dims]) }] }),
    };
  },
};

/** Other orders of the axes: `permute([2, 1])` swaps time and features. */
export function permute(dims: readonly number[], options: CommonLayerOptions = {}): Layer {
  return new Layer(permuteKind, { dims, ...options });
}

export interface RepeatVectorOptions {
  /** How often. */
  readonly n: number;
}

export const repeatVectorKind: LayerKind<RepeatVectorOptions> = {
  className: "RepeatVector",
  optionNames: { n: true },
  plan({ n }, [input], owner) {
    requireUnits(owner, n, "n");
    requireRank(owner, input, 1, "(batch, features)");
    return {
      outputs: [[n, input![0]!]],
      make: () => ({
        run: ([x]) => [{ tensor: concat(new Array(n).fill(unsqueeze(x!.tensor, 1)), 1) }],
      }),
    };
  },
};

/** A vector as a sequence that repeats it: `[batch, features]` to `[batch, n, features]`. */
export function repeatVector(n: number, options: CommonLayerOptions = {}): Layer {
  return new Layer(repeatVectorKind, { n, ...options });
}
