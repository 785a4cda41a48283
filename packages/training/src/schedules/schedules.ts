/** The list of schedules: one line makes a schedule a choice of `train`, config files and editors. */
import type { ConfigOf, GivenOf } from "../options.ts";
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { linear } from "./linear.ts";
import { plateau } from "./plateau.ts";

/** All schedules, in the order in which they are shown. */
export const schedules = [constant, linear, cosine, plateau] as const;

/** A schedule and all its options. */
export type ScheduleConfig = ConfigOf<(typeof schedules)[number]>;

/** A schedule and some of its options; the others take their defaults. */
export type ScheduleOptions = GivenOf<(typeof schedules)[number]>;
