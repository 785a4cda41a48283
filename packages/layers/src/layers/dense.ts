/** Dense: an affine map of the last axis and an activation. */
import { type Activation, Linear } from "@cellstate/lstm-core";
import { OptionError } from "@cellstate/tensor";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { elementsIn, featuresOf } from "../shape.ts";
import { transposed } from "../weights/layout.ts";
import { type WeightOptions, weightOptionNames, weightSpec } from "../weights/weight-options.ts";
import { activated, activationOf, plainName } from "./activate.ts";

export interface DenseOptions extends WeightOptions<"kernel" | "bias"> {
  /** Features of the output. */
  readonly units: number;
  /** Default `linear`. */
  readonly activation?: Activation | undefined;
  /** Default true. */
  readonly useBias?: boolean | undefined;
}

export const denseKind: LayerKind<DenseOptions> = {
  className: "Dense",
  optionNames: { units: true, activation: true, useBias: true, ...weightOptionNames("kernel", "bias") },
  plan(options, [input], owner) {
    const { units, useBias = true } = options;
    requireUnits(owner, units);
    const activation = plainName(options.activation ?? "linear");
    const activate = activationOf(owner, "activation", activation);
    const inputSize = featuresOf(owner, input!);
    const rows = elementsIn(input!.slice(0, -1));
    return {
      outputs: [[...input!.slice(0, -1), units]],
      weights: [
        weightSpec(owner, options, "kernel", { shape: [inputSize, units], initializer: "glorotUniform" }),
        ...(useBias ? [weightSpec(owner, options, "bias", { shape: [units], initializer: "zeros" })] : []),
      ],
      flops: rows * (2 * inputSize * units + (useBias ? units : 0)),
      make({ session, stream }) {
        const linear = new Linear(session, { inputSize, outputSize: units, bias: useBias, stream });
        return {
          weights: {
            kernel: [transposed(linear.weight)],
            ...(linear.bias ? { bias: [{ tensor: linear.bias }] } : {}),
          },
          run: ([x]) => [{ ...activated(linear.forward(x!.tensor), activation, activate), mask: x!.mask }],
        };
      },
    };
  },
};

/** @throws {OptionError} unless it is an integer of at least 1 */
export function requireUnits(owner: string, units: number, option = "units"): void {
  if (!Number.isSafeInteger(units) || units < 1) throw new OptionError(owner, option, "an integer >= 1", units);
}

/** `activation(x . kernel + bias)` over the last axis. */
export function dense(units: number, options: Omit<DenseOptions, "units"> & CommonLayerOptions = {}): Layer {
  return new Layer(denseKind, { units, ...options });
}
