/** The list of optimizers: one line makes an optimizer a choice of `createOptimizer`, config files and editors. */
import type { ConfigOf, GivenOf } from "../options.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { adamw } from "./adamw.ts";
import { asgd } from "./asgd.ts";
import { lamb } from "./lamb.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

/** All optimizers, in the order in which they are shown. */
export const optimizers = [adamw, adam, sgd, rmsprop, adagrad, lion, nadam, adamax, adadelta, lamb, asgd] as const;

/** An optimizer and all its options. */
export type OptimizerConfig = ConfigOf<(typeof optimizers)[number]>;

/** An optimizer and some of its options; the others take their defaults. */
export type OptimizerOptions = GivenOf<(typeof optimizers)[number]>;
