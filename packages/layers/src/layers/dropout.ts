/** Layers that act in training only: Dropout, SpatialDropout1D, GaussianNoise. */
import { Dropout } from "@cellstate/lstm-core";
import { add, mul, OptionError, reshape, type Tensor } from "@cellstate/tensor";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { requireRank } from "../shape.ts";

export interface DropoutOptions {
  /** Share of features dropped in training, in `[0, 1)`. */
  readonly rate: number;
}

export const dropoutKind: LayerKind<DropoutOptions> = {
  className: "Dropout",
  optionNames: { rate: true },
  plan({ rate }, [input], owner) {
    requireRate(owner, rate);
    return {
      outputs: [input!],
      make({ stream }) {
        const layer = new Dropout(rate, stream.fork("dropout"));
        return {
          run: ([x], { step }) => [{ tensor: asRows(x!.tensor, (rows) => layer.forward(rows, step)), mask: x!.mask }],
        };
      },
    };
  },
};

/** @throws {OptionError} unless the rate lies in `[0, 1)` */
function requireRate(owner: string, rate: number): void {
  if (!(rate >= 0 && rate < 1)) throw new OptionError(owner, "rate", "a rate in [0, 1)", rate);
}

/** Dropout takes vectors or sequences of them; what has more axes is a long vector to it. */
function asRows(x: Tensor, apply: (rows: Tensor) => Tensor): Tensor {
  if (x.shape.length === 2 || x.shape.length === 3) return apply(x);
  return reshape(apply(reshape(x, [x.shape[0]!, -1])), x.shape);
}

/** Zeroes a share of the features in training and scales the others by `1 / (1 - rate)` (Srivastava et al. 2014). */
export function dropout(rate: number, options: CommonLayerOptions = {}): Layer {
  return new Layer(dropoutKind, { rate, ...options });
}

export const spatialDropout1dKind: LayerKind<DropoutOptions> = {
  className: "SpatialDropout1D",
  optionNames: { rate: true },
  plan({ rate }, [input], owner) {
    requireRank(owner, input, 2, "(batch, time, features)");
    return {
      outputs: [input!],
      make({ session, stream }) {
        const layer = new Dropout(rate, stream.fork("dropout"));
        return {
          run([x], { step }) {
            if (!step.training || rate === 0) return [x!];
            const [batchSize, , features] = x!.tensor.shape as [number, number, number];
            const factors = layer.forward(session.full([batchSize, features], 1), step);
            return [{ tensor: mul(x!.tensor, reshape(factors, [batchSize, 1, features])), mask: x!.mask }];
          },
        };
      },
    };
  },
};

/** Drops whole features of a sequence, the same ones at all its steps (Tompson et al. 2015). */
export function spatialDropout1d(rate: number, options: CommonLayerOptions = {}): Layer {
  return new Layer(spatialDropout1dKind, { rate, ...options });
}

export interface GaussianNoiseOptions {
  /** Standard deviation of the noise, at least 0. */
  readonly stddev: number;
}

export const gaussianNoiseKind: LayerKind<GaussianNoiseOptions> = {
  className: "GaussianNoise",
  optionNames: { stddev: true },
  plan({ stddev }, [input], owner) {
    if (!(stddev >= 0)) throw new OptionError(owner, "stddev", "a number >= 0", stddev);
    return {
      outputs: [input!],
      make: ({ session, stream }) => ({
        run([x], { step }) {
          const { tensor, mask } = x!;
          if (!step.training || stddev === 0) return [x!];
          const width = tensor.size / Math.max(1, tensor.shape[0]!);
          const noise = new Float64Array(tensor.size);
          step.examples.forEach((example, row) => {
            // Of the step and the example, whatever its place in the batch.
            const draws = stream.fork(`noise ${step.step} ${example}`).normal(width, session);
            noise.set(
              draws.map((draw) => draw * stddev),
              row * width,
            );
          });
          return [{ tensor: add(tensor, session.tensor(noise, tensor.shape)), mask }];
        },
      }),
    };
  },
};

/** Adds normal noise in training. */
export function gaussianNoise(stddev: number, options: CommonLayerOptions = {}): Layer {
  return new Layer(gaussianNoiseKind, { stddev, ...options });
}
