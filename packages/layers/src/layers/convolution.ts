/** Layers over windows of time: Conv1D, MaxPooling1D, AveragePooling1D. */
import {
  type Activation,
  averagePool1d,
  Conv1d,
  maxPool1d,
  type Padding,
  type Windows,
  windowCount,
} from "@cellstate/lstm-core";
import { OptionError, type Tensor } from "@cellstate/tensor";
import { ModelError } from "../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { featuresOf, requireRank } from "../shape.ts";
import { permuted } from "../weights/layout.ts";
import { type WeightOptions, weightOptionNames, weightSpec } from "../weights/weight-options.ts";
import { activated, activationOf, plainName } from "./activate.ts";
import { requireUnits } from "./dense.ts";

/** What stands around the steps: nothing, zeros at both ends, or zeros before the first step only. */
type WindowPadding = "valid" | "same" | "causal";

export interface Conv1dOptions extends WeightOptions<"kernel" | "bias"> {
  /** Features of the output. */
  readonly filters: number;
  /** Steps that a filter sees. */
  readonly kernelSize: number;
  /** Steps from one output to the next. Default 1. */
  readonly strides?: number | undefined;
  /** Default `valid`. */
  readonly padding?: WindowPadding | undefined;
  /** Steps from one that a filter sees to the next. Default 1. */
  readonly dilationRate?: number | undefined;
  /** Equal parts of the input's features, each seen by an equal part of the filters. Default 1. */
  readonly groups?: number | undefined;
  /** Default `linear`. */
  readonly activation?: Activation | undefined;
  /** Default true. */
  readonly useBias?: boolean | undefined;
}

export const conv1dKind: LayerKind<Conv1dOptions> = {
  className: "Conv1D",
  optionNames: {
    filters: true,
    kernelSize: true,
    strides: true,
    padding: true,
    dilationRate: true,
    groups: true,
    activation: true,
    useBias: true,
    ...weightOptionNames("kernel", "bias"),
  },
  plan(options, [input], owner) {
    const { filters, kernelSize, strides = 1, dilationRate = 1, groups = 1, useBias = true } = options;
    const padding = paddingOf(owner, options.padding, ["valid", "same", "causal"]);
    for (const [option, value] of Object.entries({ filters, kernelSize, strides, dilationRate, groups })) {
      requireUnits(owner, value, option);
    }
    const [seqLen] = requireRank(owner, input, 2, "(batch, time, features)");
    const inputSize = featuresOf(owner, input!);
    if (inputSize % groups !== 0 || filters % groups !== 0) {
      throw new OptionError(
        owner,
        "groups",
        `a divisor of the features ${inputSize} and the filters ${filters}`,
        groups,
      );
    }
    const activation = plainName(options.activation ?? "linear");
    const activate = activationOf(owner, "activation", activation);
    const windows = { kernelSize, stride: strides, dilation: dilationRate, padding };
    const steps = stepsOf(owner, seqLen!, windows);
    const shape = [kernelSize, inputSize / groups, filters];
    return {
      outputs: [[steps, filters]],
      weights: [
        weightSpec(owner, options, "kernel", { shape, initializer: "glorotUniform" }),
        ...(useBias ? [weightSpec(owner, options, "bias", { shape: [filters], initializer: "zeros" })] : []),
      ],
      flops: (steps ?? 1) * 2 * kernelSize * (inputSize / groups) * filters,
      make({ session, stream }) {
        const sizes = { inputSize, outputSize: filters, groups, bias: useBias };
        const conv = new Conv1d(session, { ...sizes, ...windows, stream });
        return {
          weights: {
            kernel: [permuted(conv.weight, [2, 1, 0])],
            ...(conv.bias ? { bias: [{ tensor: conv.bias }] } : {}),
          },
          run: ([x]) => [activated(conv.forward(x!.tensor), activation, activate)],
        };
      },
    };
  },
};

/** Filters that see the steps around each one: `[batch, time, features]` to `[batch, steps, filters]`. */
export function conv1d(
  filters: number,
  kernelSize: number,
  options: Omit<Conv1dOptions, "filters" | "kernelSize"> & CommonLayerOptions = {},
): Layer {
  return new Layer(conv1dKind, { filters, kernelSize, ...options });
}

export interface Pooling1dOptions {
  /** Steps of a window. Default 2. */
  readonly poolSize?: number | undefined;
  /** Steps from one window to the next. Default: `poolSize`. */
  readonly strides?: number | null | undefined;
  /** Default `valid`. */
  readonly padding?: "valid" | "same" | undefined;
}

function poolingKind(
  className: string,
  pool: (x: Tensor, options: { poolSize: number; stride: number; padding: Padding }) => Tensor,
): LayerKind<Pooling1dOptions> {
  return {
    className,
    optionNames: { poolSize: true, strides: true, padding: true },
    plan(options, [input], owner) {
      const { poolSize = 2 } = options;
      const stride = options.strides ?? poolSize;
      requireUnits(owner, poolSize, "poolSize");
      requireUnits(owner, stride, "strides");
      const padding = paddingOf(owner, options.padding, ["valid", "same"]);
      const [seqLen, features] = requireRank(owner, input, 2, "(batch, time, features)");
      const windows = { kernelSize: poolSize, stride, dilation: 1, padding };
      return {
        outputs: [[stepsOf(owner, seqLen!, windows), features!]],
        make: () => ({ run: ([x]) => [{ tensor: pool(x!.tensor, { poolSize, stride, padding }) }] }),
      };
    },
  };
}

export const maxPooling1dKind = poolingKind("MaxPooling1D", maxPool1d);
export const averagePooling1dKind = poolingKind("AveragePooling1D", averagePool1d);

/** The largest value of each feature in each window of time. */
export function maxPooling1d(options: Pooling1dOptions & CommonLayerOptions = {}): Layer {
  return new Layer(maxPooling1dKind, options);
}

/** The mean of each feature in each window of time. */
export function averagePooling1d(options: Pooling1dOptions & CommonLayerOptions = {}): Layer {
  return new Layer(averagePooling1dKind, options);
}

/** @throws {ModelError} if no window fits into so few steps */
function stepsOf(owner: string, seqLen: number | null, windows: Windows): number | null {
  const steps = seqLen === null ? null : windowCount(seqLen, windows);
  if (steps !== 0) return steps;
  const width = (windows.kernelSize - 1) * windows.dilation + 1;
  throw new ModelError(
    `${owner}: expected at least ${width} steps, as wide as its window, got ${seqLen}; take padding "same"`,
  );
}

function paddingOf(owner: string, padding: WindowPadding = "valid", choices: readonly WindowPadding[]): WindowPadding {
  if (!choices.includes(padding)) throw new OptionError(owner, "padding", choices.join(", "), padding);
  return padding;
}
