/** The list of optimizers: one line makes an optimizer a choice of `createOptimizer`, config files and editors. */
import type { Choice, ConfigOf, GivenOf } from "../options.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { adamw } from "./adamw.ts";
import { asgd } from "./asgd.ts";
import { lamb } from "./lamb.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import type { Grouping } from "./parameter-groups.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

/** All optimizers, in the order in which they are shown. */
export const optimizers = [adamw, adam, sgd, rmsprop, adagrad, lion, nadam, adamax, adadelta, lamb, asgd] as const;

type GroupingOf<C extends Choice> = C extends Choice<string, infer O> ? Grouping<O> : never;
type Configured<C extends Choice> = C extends Choice ? ConfigOf<C> & GroupingOf<C> : never;
type Given<C extends Choice> = C extends Choice ? GivenOf<C> & GroupingOf<C> : never;

/** An optimizer with all its options, and its groups of parameters. */
export type OptimizerConfig = Configured<(typeof optimizers)[number]>;

/** An optimizer and some of its options, of which the others take their defaults, and its groups of parameters. */
export type OptimizerOptions = Given<(typeof optimizers)[number]>;
