/** Losses of text classifiers besides cross-entropy, as plugins bring them. */
import type { OptionsOf } from "@cellstate/lstm-core";
import type { Tensor } from "@cellstate/tensor";
import type { z } from "zod";

/** What a loss is computed of. */
export interface LossInput {
  /** Raw scores, `[batch, numClasses]`. */
  readonly logits: Tensor;
  /** `[batch]`: the class of each example, from 0; -1 where it has none and must not count. */
  readonly labels: Int32Array;
  /** `[batch]`: how much each example counts, where the data say so. */
  readonly weights: ArrayLike<number> | undefined;
}

/** A loss with the name that configs give it, under `loss.kind`. */
export interface LossChoice {
  readonly kind: string;
  /** For users, who read it in their editor. */
  readonly description: string;
  /** Schemas of its own options. */
  readonly options: z.ZodRawShape;
  /** @param own  the values of its options, checked by their schemas @returns a scalar, the mean over the examples that count */
  compute(input: LossInput, own: Readonly<Record<string, unknown>>): Tensor;
}

/** What a loss of one's own is made of. */
export interface LossParts<Shape extends z.ZodRawShape> {
  readonly kind: string;
  readonly description: string;
  /** Default: none. */
  readonly options?: Shape;
  compute(input: LossInput, options: OptionsOf<Shape>): Tensor;
}

/** A loss for text classifiers, of ops through which gradients flow. */
export function defineLoss<const Shape extends z.ZodRawShape = Record<never, never>>({
  options = {} as Shape,
  compute,
  ...parts
}: LossParts<Shape>): LossChoice {
  return { ...parts, options, compute: (input, own) => compute(input, own as OptionsOf<Shape>) };
}
