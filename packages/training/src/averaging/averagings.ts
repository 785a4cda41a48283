/** The list of ways to average weights: one line makes it a choice of `train`, config files and editors. */
import type { ConfigOf, GivenOf } from "../options.ts";
import { ema } from "./ema.ts";
import { nonMonotone } from "./non-monotone.ts";
import { swa } from "./swa.ts";

/** All of them, in the order in which they are shown. */
export const averagings = [ema, swa, nonMonotone] as const;

/** A way to average and all its options. */
export type AveragingConfig = ConfigOf<(typeof averagings)[number]>;

/** A way to average and some of its options; the others take their defaults. */
export type AveragingOptions = GivenOf<(typeof averagings)[number]>;
