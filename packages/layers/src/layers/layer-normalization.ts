/** LayerNormalization: features of each position with mean 0 and variance 1, then scaled and shifted. */
import { LayerNorm } from "@cellstate/lstm-core";
import { OptionError } from "@cellstate/tensor";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { featuresOf } from "../shape.ts";
import { type WeightOptions, weightOptionNames, weightSpec } from "../weights/weight-options.ts";

export interface LayerNormalizationOptions extends WeightOptions<"beta" | "gamma"> {
  /** The normalized axis: -1, the features, is the only one. */
  readonly axis?: number | readonly number[] | undefined;
  /** Added to the variance. Default 1e-3, as in Keras. */
  readonly epsilon?: number | undefined;
  /** Whether a learned shift is added. Default true. */
  readonly center?: boolean | undefined;
  /** Whether there is a learned scale. Default true. */
  readonly scale?: boolean | undefined;
}

export const layerNormalizationKind: LayerKind<LayerNormalizationOptions> = {
  className: "LayerNormalization",
  optionNames: { axis: true, epsilon: true, center: true, scale: true, ...weightOptionNames("beta", "gamma") },
  plan(options, [input], owner) {
    const { axis = -1, epsilon = 1e-3, center = true, scale = true } = options;
    const size = featuresOf(owner, input!);
    const axes = [axis].flat();
    if (axes.length !== 1 || (axes[0] !== -1 && axes[0] !== input!.length)) {
      throw new OptionError(owner, "axis", "-1, the last one", axes.join(", "));
    }
    return {
      outputs: [input!],
      weights: [
        ...(scale ? [weightSpec(owner, options, "gamma", { shape: [size], initializer: "ones" })] : []),
        ...(center ? [weightSpec(owner, options, "beta", { shape: [size], initializer: "zeros" })] : []),
      ],
      make({ session, stream }) {
        const norm = new LayerNorm(session, { size, epsilon, stream });
        // Layers are made blank: without a learned scale it stays 1.
        if (!scale) norm.weight.write(new Float64Array(size).fill(1));
        return {
          weights: { gamma: [{ tensor: norm.weight }], beta: [{ tensor: norm.bias }] },
          run: ([x]) => [{ tensor: norm.forward(x!.tensor), mask: x!.mask }],
        };
      },
    };
  },
};

/** Normalizes the features of each position (Ba, Kiros & Hinton 2016). */
export function layerNormalization(options: LayerNormalizationOptions & CommonLayerOptions = {}): Layer {
  return new Layer(layerNormalizationKind, options);
}
