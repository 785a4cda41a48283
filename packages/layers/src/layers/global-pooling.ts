/** One vector of all steps: GlobalMaxPooling1D and GlobalAveragePooling1D. */
import { div, max, mean, mul, reshape, sum } from "@cellstate/tensor";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import type { Value } from "../graph/value.ts";
import { type LayerShape, requireRank } from "../shape.ts";

export interface GlobalPoolingOptions {
  /** Whether the axis of time stays, with extent 1. Default false. */
  readonly keepdims?: boolean | undefined;
}

function poolingKind(className: string, pool: (x: Value) => Value["tensor"]): LayerKind<GlobalPoolingOptions> {
  return {
    className,
    optionNames: { keepdims: true },
    plan({ keepdims = false }, [input], owner) {
      requireRank(owner, input, 2, "(batch, time, features)");
      const features = input!.at(-1)!;
      const output: LayerShape = keepdims ? [1, features] : [features];
      return {
        outputs: [output],
        make: () => ({
          run([x]) {
            const pooled = pool(x!);
            const [batchSize, size] = pooled.shape as [number, number];
            return [{ tensor: keepdims ? reshape(pooled, [batchSize, 1, size]) : pooled }];
          },
        }),
      };
    },
  };
}

/** Masked steps count too, as in Keras. */
export const globalMaxPooling1dKind: LayerKind<GlobalPoolingOptions> = poolingKind("GlobalMaxPooling1D", ({ tensor }) =>
  max(tensor, 1),
);

export const globalAveragePooling1dKind: LayerKind<GlobalPoolingOptions> = poolingKind(
  "GlobalAveragePooling1D",
  ({ tensor, mask }) => {
    if (mask === undefined || mask.isFull) return mean(tensor, 1);
    const { session } = tensor;
    const counts = session.tensor(
      mask.counts.map((count) => Math.max(1, count)),
      [mask.batchSize, 1],
    );
    return div(sum(mul(tensor, mask.tensor(session, 3)), 1), counts);
  },
);

/** The largest value of each feature over all steps. */
export function globalMaxPooling1d(options: GlobalPoolingOptions & CommonLayerOptions = {}): Layer {
  return new Layer(globalMaxPooling1dKind, options);
}

/** The mean of each feature over the real steps; zeros where a row has none. */
export function globalAveragePooling1d(options: GlobalPoolingOptions & CommonLayerOptions = {}): Layer {
  return new Layer(globalAveragePooling1dKind, options);
}
