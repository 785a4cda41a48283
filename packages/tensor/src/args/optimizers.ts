/** What the kernels of optimizers get. */
import type { Storage } from "../storage.ts";

/** A gradient row table: dense, or some rows of a matrix. */
export interface GradientStorage {
  readonly values: Storage;
  /** Rising unique row numbers when sparse. */
  readonly rows: Storage | undefined;
  readonly width: number;
}

/** One parameter in a step of an optimizer. */
export interface StepSegment {
  /** Changed in place. */
  readonly parameter: Storage;
  /** As wide as the parameter when sparse. */
  readonly gradient: GradientStorage;
  /** Each of the parameter's size and changed in place; which ones, and in what order, the rule says. */
  readonly moments: readonly Storage[];
  /** The learning rate of this step; for Adam over `1 - beta1^step`. */
  readonly stepSize: number;
  /** `sqrt(1 - beta2^step)` for Adam; the other rules have none. */
  readonly secondCorrection: number;
}

interface CommonRule {
  /** Factor of every gradient, before anything else. */
  readonly gradientScale: number;
  /** Added to the gradient times the parameter. */
  readonly l2: number;
  /** Leaves rows that a sparse gradient does not name as they are, moments included. */
  readonly lazy: boolean;
}

/** Moments: first, second. */
export interface AdamRule extends CommonRule {
  readonly kind: "adam";
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Factor of the parameter before the step (AdamW): `1 - learningRate * weightDecay`. */
  readonly decay: number;
}

/** Moments: the velocity, unless `momentum` is 0. */
export interface SgdRule extends CommonRule {
  readonly kind: "sgd";
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Moments: the mean square, then the velocity unless `momentum` is 0, then the mean gradient if `centered`. */
export interface RmspropRule extends CommonRule {
  readonly kind: "rmsprop";
  readonly alpha: number;
  readonly epsilon: number;
  /** Added below the root. */
  readonly rootEpsilon: number;
  readonly momentum: number;
  readonly centered: boolean;
}

/** Moments: the sum of squares. */
export interface AdagradRule extends CommonRule {
  readonly kind: "adagrad";
  readonly epsilon: number;
  /** Added below the root. */
  readonly rootEpsilon: number;
}

export type UpdateRule = AdamRule | SgdRule | RmspropRule | AdagradRule;
