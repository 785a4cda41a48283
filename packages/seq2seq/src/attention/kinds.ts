/** The closed list of attentions by the name that a config gives them. */
import type { AttentionConfig } from "../config.ts";
import { AdditiveAttention } from "./additive.ts";
import type { AttentionConstructor } from "./attention.ts";
import { GeneralAttention } from "./general.ts";

export const attentionKinds = {
  additive: AdditiveAttention,
  general: GeneralAttention,
} as const satisfies Record<AttentionConfig["kind"], AttentionConstructor>;
