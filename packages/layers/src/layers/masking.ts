/** Masking: steps whose features are all one value are padding. */
import { mul } from "@cellstate/tensor";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { Mask } from "../graph/mask.ts";
import { featuresOf, requireRank } from "../shape.ts";

export interface MaskingOptions {
  /** Default 0. */
  readonly maskValue?: number | undefined;
}

export const maskingKind: LayerKind<MaskingOptions> = {
  className: "Masking",
  optionNames: { maskValue: true },
  plan({ maskValue = 0 }, [input], owner) {
    requireRank(owner, input, 2, "(batch, time, features)");
    const features = featuresOf(owner, input!);
    return {
      outputs: [input!],
      make: ({ session }) => ({
        run([x]) {
          const { tensor } = x!;
          const values = tensor.readSync();
          const padding = Math.fround(maskValue);
          const [batchSize, seqLen] = tensor.shape as [number, number];
          const mask = Mask.where(batchSize, seqLen, (at) => {
            for (let feature = 0; feature < features; feature++)
              if (values[at * features + feature] !== padding) return true;
            return false;
          });
          return [{ tensor: maskValue === 0 || mask.isFull ? tensor : mul(tensor, mask.tensor(session, 3)), mask }];
        },
      }),
    };
  },
};

/** Marks the steps whose features all equal `maskValue` as padding, of which the layers above and the loss know nothing. */
export function masking(options: MaskingOptions & CommonLayerOptions = {}): Layer {
  return new Layer(maskingKind, options);
}
