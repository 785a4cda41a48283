/** BatchNormalization: features with mean 0 and variance 1 over a batch in training, by running statistics otherwise. */
import { BatchNorm, evaluationStep } from "@cellstate/lstm-core";
import { concat, gatherRows, OptionError, reshape, type Tensor } from "@cellstate/tensor";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import type { Mask } from "../graph/mask.ts";
import { featuresOf } from "../shape.ts";
import { resolveInitializer } from "../weights/initializers.ts";
import { type WeightOptions, weightOptionNames, weightSpec } from "../weights/weight-options.ts";

export interface BatchNormalizationOptions extends WeightOptions<"beta" | "gamma"> {
  /** The normalized axis: -1, the features, is the only one. */
  readonly axis?: number | readonly number[] | undefined;
  /** Share of the running mean and variance that each batch keeps, in `[0, 1)`. Default 0.99. */
  readonly momentum?: number | undefined;
  /** Added to the variance. Default 1e-3, as in Keras. */
  readonly epsilon?: number | undefined;
  /** Whether a learned shift is added. Default true. */
  readonly center?: boolean | undefined;
  /** Whether there is a learned scale. Default true. */
  readonly scale?: boolean | undefined;
}

export const batchNormalizationKind: LayerKind<BatchNormalizationOptions> = {
  className: "BatchNormalization",
  optionNames: {
    axis: true,
    momentum: true,
    epsilon: true,
    center: true,
    scale: true,
    ...weightOptionNames("beta", "gamma"),
  },
  plan(options, [input], owner) {
    const { axis = -1, momentum = 0.99, epsilon = 1e-3, center = true, scale = true } = options;
    const size = featuresOf(owner, input!);
    const axes = [axis].flat();
    if (axes.length !== 1 || (axes[0] !== -1 && axes[0] !== input!.length)) {
      throw new OptionError(owner, "axis", "-1, the last one", axes.join(", "));
    }
    if (!(momentum >= 0 && momentum < 1)) throw new OptionError(owner, "momentum", "a share in [0, 1)", momentum);
    const running = (name: string, initializer: "zeros" | "ones") => ({
      name,
      shape: [size],
      initializer: resolveInitializer(owner, name, initializer),
      trainable: false,
    });
    return {
      outputs: [input!],
      weights: [
        ...(scale ? [weightSpec(owner, options, "gamma", { shape: [size], initializer: "ones" })] : []),
        ...(center ? [weightSpec(owner, options, "beta", { shape: [size], initializer: "zeros" })] : []),
        running("moving_mean", "zeros"),
        running("moving_variance", "ones"),
      ],
      make({ session, stream }) {
        const norm = new BatchNorm(session, { size, epsilon, momentum: 1 - momentum, unbiased: false, stream });
        // Layers are made blank: without a learned scale it stays 1.
        if (!scale) norm.weight.write(new Float64Array(size).fill(1));
        return {
          weights: {
            gamma: [{ tensor: norm.weight }],
            beta: [{ tensor: norm.bias }],
            moving_mean: [{ tensor: norm.runningMean }],
            moving_variance: [{ tensor: norm.runningVariance }],
          },
          run([x], { step, isFrozen }) {
            // As in Keras, a frozen layer goes by its running statistics and leaves them alone.
            const context = isFrozen ? evaluationStep : step;
            return [{ tensor: onRows(x!.tensor, x!.mask, (rows) => norm.forward(rows, context)), mask: x!.mask }];
          },
        };
      },
    };
  },
};

/** Positions as rows `[positions, features]`; masked ones count for nothing and become 0. */
function onRows(x: Tensor, mask: Mask | undefined, apply: (rows: Tensor) => Tensor): Tensor {
  const features = x.shape.at(-1)!;
  const rows = reshape(x, [-1, features]);
  if (mask === undefined || mask.isFull || x.shape.length !== 3) return reshape(apply(rows), x.shape);
  const real = mask.positions;
  const places = new Int32Array(mask.real.length).fill(real.length); // the row of zeros behind the others
  real.forEach((position, at) => {
    places[position] = at;
  });
  const normalized = concat([apply(gatherRows(rows, real)), x.session.zeros([1, features])], 0);
  return reshape(gatherRows(normalized, places), x.shape);
}

/** Normalizes each feature over the batch (Ioffe & Szegedy 2015); in evaluation by the means of training. */
export function batchNormalization(options: BatchNormalizationOptions & CommonLayerOptions = {}): Layer {
  return new Layer(batchNormalizationKind, options);
}
