/** The list of schedules: one line makes a schedule a choice of `train`, config files and editors. */
import type { ConfigOf, GivenOf } from "../options.ts";
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { cosineRestarts } from "./cosine-restarts.ts";
import { exponential } from "./exponential.ts";
import { inverseTime } from "./inverse-time.ts";
import { linear } from "./linear.ts";
import { multiStep } from "./multi-step.ts";
import { noam } from "./noam.ts";
import { oneCycle } from "./one-cycle.ts";
import { plateau } from "./plateau.ts";
import { polynomial } from "./polynomial.ts";
import { slantedTriangular } from "./slanted-triangular.ts";
import { step } from "./step.ts";

/** All schedules, in the order in which they are shown. */
export const schedules = [
  constant,
  linear,
  cosine,
  plateau,
  step,
  multiStep,
  exponential,
  polynomial,
  cosineRestarts,
  noam,
  oneCycle,
  slantedTriangular,
  inverseTime,
] as const;

/** A schedule and all its options. */
export type ScheduleConfig = ConfigOf<(typeof schedules)[number]>;

/** A schedule and some of its options; the others take their defaults. */
export type ScheduleOptions = GivenOf<(typeof schedules)[number]>;
