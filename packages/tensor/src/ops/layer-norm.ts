/** Layer normalization of the last axis (Ba, Kiros & Hinton 2016, section 3) as one op. */
import { needsGrad } from "../autograd/tape.ts";
import { ShapeError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { checkFloat } from "./elementwise.ts";

/**
 * `gain * (x - mean) / sqrt(variance + epsilon) + bias` with mean and biased variance over the last axis.
 *
 * @param x       `[..., features]`
 * @param gain    `[features]`
 * @param bias    `[features]`
 * @param epsilon above 0. Default 1e-5
 * @returns the shape of `x`
 * @throws {ShapeError} if the last axis is empty, or gain or bias do not fit it
 */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  checkFloat("layerNorm", x, gain, bias);
  const features = x.shape.at(-1) ?? 0;
  if (features === 0) throw new ShapeError("layerNorm", "a non-empty last axis", x.shape);
  for (const [name, parameter] of Object.entries({ gain, bias })) {
    if (parameter.shape.length !== 1 || parameter.size !== features)
      throw new ShapeError("layerNorm", `${name} of shape [${features}]`, parameter.shape);
  }
  if (!(epsilon > 0)) throw new RangeError(`layerNorm: expected epsilon > 0, got ${epsilon}`);
  const { session } = x;
  const rows = x.size / features;
  const out = session.empty(x.shape, { requiresGrad: needsGrad([x, gain, bias]) });
  const [means, inverseDeviations] = [session.empty([rows]), session.empty([rows])];
  const shared = () => ({
    rows,
    features,
    x: x.storage,
    gain: gain.storage,
    means: means.storage,
    inverseDeviations: inverseDeviations.storage,
  });
  session.backend.layerNorm({ ...shared(), epsilon, bias: bias.storage, out: out.storage });
  if (out.requiresGrad) {
    session.record({
      op: "layerNorm",
      inputs: [x, gain, bias],
      outputs: [out],
      saved: [means, inverseDeviations],
      backward: ([dy]) => {
        const [dx, dGain, dBias] = [session.empty(x.shape), session.empty([features]), session.empty([features])];
        session.backend.layerNormGradient({
          ...shared(),
          outputGradient: dy!.storage,
          inputGradient: dx.storage,
          gainGradient: dGain.storage,
          biasGradient: dBias.storage,
        });
        return [dx, dGain, dBias];
      },
    });
  }
  return out;
}
