/** Activation, and the layers that are an activation with an option of its own. */
import { type Activation, type ActivationFunction, elu, leakyRelu } from "@cellstate/lstm-core";
import { maximum, OptionError, relu, softmax, sub, type Tensor, transpose } from "@cellstate/tensor";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { activated, activationOf, plainName } from "./activate.ts";

export interface ActivationOptions {
  readonly activation: Activation;
}

export const activationKind: LayerKind<ActivationOptions> = {
  className: "Activation",
  optionNames: { activation: true },
  plan(options, [input], owner) {
    const activation = plainName(options.activation);
    const activate = activationOf(owner, "activation", activation);
    return {
      outputs: [input!],
      make: () => ({ run: ([x]) => [{ ...activated(x!.tensor, activation, activate), mask: x!.mask }] }),
    };
  },
};

/** An activation function by its name, or one of one's own. */
export function activation(name: Activation, options: CommonLayerOptions = {}): Layer {
  return new Layer(activationKind, { activation: name, ...options });
}

/** A kind of layers that apply one function to each element. */
function elementwiseKind<Options extends object>(
  className: string,
  optionNames: LayerKind<Options>["optionNames"],
  functionOf: (options: Options, owner: string) => ActivationFunction,
): LayerKind<Options> {
  return {
    className,
    optionNames,
    plan(options, [input], owner) {
      const apply = functionOf(options, owner);
      return {
        outputs: [input!],
        make: () => ({ run: ([x]) => [{ tensor: apply(x!.tensor), mask: x!.mask }] }),
      };
    },
  };
}

export interface ReluOptions {
  /** Largest value. Default: any. */
  readonly maxValue?: number | null | undefined;
  /** Slope below the threshold, at least 0. Default 0. */
  readonly negativeSlope?: number | undefined;
  /** Values below it are cut or sloped. Default 0. */
  readonly threshold?: number | undefined;
}

export const reluKind: LayerKind<ReluOptions> = elementwiseKind<ReluOptions>(
  "ReLU",
  { maxValue: true, negativeSlope: true, threshold: true },
  ({ maxValue, negativeSlope = 0, threshold = 0 }, owner) => {
    if (!(negativeSlope >= 0)) throw new OptionError(owner, "negativeSlope", "a number >= 0", negativeSlope);
    if (threshold !== 0) throw new OptionError(owner, "threshold", "0; other thresholds are not supported", threshold);
    const top = maxValue ?? Number.POSITIVE_INFINITY;
    return (x) => {
      const sloped = negativeSlope === 0 ? relu(x) : leakyRelu(x, negativeSlope);
      return top === Number.POSITIVE_INFINITY ? sloped : sub(sloped, maximum(sub(sloped, top), 0));
    };
  },
);

/** `max(x, 0)`, with a slope below 0 and a largest value where they are given. */
export function reluLayer(options: ReluOptions & CommonLayerOptions = {}): Layer {
  return new Layer(reluKind, options);
}

export interface LeakyReluOptions {
  /** Default 0.3. */
  readonly negativeSlope?: number | undefined;
}

export const leakyReluKind: LayerKind<LeakyReluOptions> = elementwiseKind<LeakyReluOptions>(
  "LeakyReLU",
  { negativeSlope: true },
  ({ negativeSlope = 0.3 }) =>
    (x) =>
      leakyRelu(x, negativeSlope),
);

/** `x` above 0, elsewhere `negativeSlope * x`. */
export function leakyReluLayer(options: LeakyReluOptions & CommonLayerOptions = {}): Layer {
  return new Layer(leakyReluKind, options);
}

export interface EluOptions {
  /** Default 1. */
  readonly alpha?: number | undefined;
}

export const eluKind: LayerKind<EluOptions> = elementwiseKind<EluOptions>(
  "ELU",
  { alpha: true },
  ({ alpha = 1 }) =>
    (x) =>
      elu(x, alpha),
);

/** `x` above 0, elsewhere `alpha * (e^x - 1)`. */
export function eluLayer(options: EluOptions & CommonLayerOptions = {}): Layer {
  return new Layer(eluKind, options);
}

export interface SoftmaxOptions {
  /** The axis of classes, counted with the batch's; default the last one. */
  readonly axis?: number | undefined;
}

export const softmaxKind: LayerKind<SoftmaxOptions> = {
  className: "Softmax",
  optionNames: { axis: true },
  plan({ axis = -1 }, [input], owner) {
    const rank = input!.length + 1;
    const at = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(at) || at < 1 || at >= rank)
      throw new OptionError(owner, "axis", `an axis of ${rank} behind the batch's`, axis);
    const isLast = at === rank - 1;
    return {
      outputs: [input!],
      make: () => ({
        run: ([x]) => {
          const { tensor, mask } = x!;
          return isLast
            ? [{ ...activated(tensor, "softmax", softmax), mask }]
            : [{ tensor: softmaxAlong(tensor, at), mask }];
        },
      }),
    };
  },
};

function softmaxAlong(x: Tensor, axis: number): Tensor {
  const axes = x.shape.map((_, at) => at);
  [axes[axis], axes[axes.length - 1]] = [axes.length - 1, axis];
  return transpose(softmax(transpose(x, axes)), axes);
}

/** Probabilities along an axis. */
export function softmaxLayer(options: SoftmaxOptions & CommonLayerOptions = {}): Layer {
  return new Layer(softmaxKind, options);
}
