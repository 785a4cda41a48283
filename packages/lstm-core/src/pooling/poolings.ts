/** The poolings that come along, by the name that a config gives them; its schema and its description follow from this list. */
import { OptionError, type Session } from "@cellstate/tensor";
import { AttentionPooling } from "./attention.ts";
import { LastPooling } from "./last.ts";
import { MaxPooling } from "./max.ts";
import { MeanPooling } from "./mean.ts";
import type { Pooling, PoolingConstructor, PoolingOptions } from "./pooling.ts";
import { SelfAttentionPooling } from "./self-attention.ts";

export interface PoolingEntry {
  readonly Pooling: PoolingConstructor;
  /** For users, who read it in their editor. */
  readonly description: string;
}

export const poolings = {
  max: { Pooling: MaxPooling, description: "largest value of each feature" },
  mean: { Pooling: MeanPooling, description: "mean of each feature" },
  last: { Pooling: LastPooling, description: "final state of each direction" },
  attention: { Pooling: AttentionPooling, description: "mean weighted by a learned attention (Yang et al. 2016)" },
  selfAttention: {
    Pooling: SelfAttentionPooling,
    description: "means weighted by 4 learned attentions, side by side (Lin et al. 2017)",
  },
} as const satisfies Record<string, PoolingEntry>;

export type PoolingName = keyof typeof poolings;

/** In the order of the list. */
export const poolingNames = Object.keys(poolings) as PoolingName[];

/** A pooling besides those that come along, with the name that configs give it. */
export interface PoolingChoice extends PoolingEntry {
  readonly name: string;
}

/**
 * The pooling that a config names, for the output of the given layers.
 *
 * @param own  poolings besides those that come along. Default: none
 * @throws {OptionError} if there is none of that name
 */
export function buildPooling(
  session: Session,
  name: PoolingName,
  options: PoolingOptions,
  own: readonly PoolingChoice[] = [],
): Pooling {
  const found = Object.hasOwn(poolings, name) ? poolings[name] : own.find((pooling) => pooling.name === name);
  if (found !== undefined) return new found.Pooling(session, options);
  const names = [...poolingNames, ...own.map((pooling) => pooling.name)];
  throw new OptionError("buildPooling", "name", `one of ${names.join(", ")}`, name);
}
