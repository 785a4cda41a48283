/** The list of ways to clip gradients one by one: one line makes it a choice of `train`, config files and editors. */
import type { ConfigOf, GivenOf } from "../options.ts";
import { adaptive } from "./adaptive.ts";
import { norm } from "./norm.ts";
import { value } from "./value.ts";

/** All of them, in the order in which they are shown. */
export const clips = [value, norm, adaptive] as const;

/** A way to clip and all its options. */
export type ClipConfig = ConfigOf<(typeof clips)[number]>;

/** A way to clip and some of its options; the others take their defaults. */
export type ClipOptions = GivenOf<(typeof clips)[number]>;
