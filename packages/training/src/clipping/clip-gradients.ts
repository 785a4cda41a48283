/** Clipping as a whole: each gradient by itself, then all of them by their norm. */
import { Gradients, mul, type Tensor } from "@cellstate/tensor";
import { findChoice } from "../options.ts";
import { clipByGlobalNorm } from "./clip-norm.ts";
import { type ClipOptions, clips } from "./clips.ts";
import type { ClipChoice } from "./define-clip.ts";

/** How gradients are clipped. */
export interface Clipping {
  /** How each gradient is clipped by itself, first. Default: not at all. */
  readonly clip?: ClipOptions | undefined;
  /** Largest norm of all gradients together, above 0; null: no limit. */
  readonly clipNorm: number | null;
}

/** Gradients to step by. */
export interface ClippedGradients {
  readonly gradients: Gradients;
  /** Factor that the step is still to apply to them. */
  readonly scale: number;
  /** Norm of all gradients together, before clipping. */
  readonly norm: number;
}

/**
 * Clips gradients, in the innermost open scope; without `clip` it changes none and gives the factor alone.
 *
 * @param scale  factor that the gradients come with, such as one over the number of those that they are sums of. Default 1
 * @throws {TrainingStateError} if an option of `clip` is wrong
 */
export function clipGradients(
  gradients: Gradients,
  parameters: ReadonlyMap<string, Tensor>,
  { clip, clipNorm }: Clipping,
  scale = 1,
): ClippedGradients {
  if (clip === undefined) {
    const limit = clipNorm === null ? null : clipNorm / scale;
    const clipped = clipByGlobalNorm(gradients, parameters, limit);
    return { gradients, scale: clipped.scale * scale, norm: clipped.norm * scale };
  }
  const { norm } = clipByGlobalNorm(gradients, parameters, null);
  const scaled = scale === 1 ? gradients : multiplied(gradients, parameters, scale);
  const { kind: _, ...options } = clip;
  const clipped = findChoice<ClipChoice>("clip", clips, clip).apply(options, scaled, parameters);
  return { gradients: clipped, scale: clipByGlobalNorm(clipped, parameters, clipNorm).scale, norm: norm * scale };
}

function multiplied(gradients: Gradients, parameters: ReadonlyMap<string, Tensor>, factor: number): Gradients {
  const present = [...parameters.values()].flatMap((parameter) => {
    const gradient = gradients.get(parameter);
    return gradient === undefined ? [] : [[parameter, { ...gradient, values: mul(gradient.values, factor) }] as const];
  });
  return new Gradients(new Map(present));
}
