/** What the kernels of optimizers get. */
import type { Storage } from "../storage.ts";

/** A gradient row table: dense, or some rows of a matrix. */
export interface GradientStorage {
  readonly values: Storage;
  /** Rising unique row numbers when sparse. */
  readonly rows: Storage | undefined;
  readonly width: number;
}

/** Running means and the like, each of its parameter's size and changed in place; a rule says which ones it keeps. */
export interface StepMoments<Of> {
  /** Of the gradient. */
  readonly mean?: Of | undefined;
  /** Of its square; for Adagrad the sum. */
  readonly square?: Of | undefined;
  /** Of the steps; for Adadelta of their squares. LAMB only writes it: the direction of the step. */
  readonly velocity?: Of | undefined;
  /** The largest mean square so far (AMSGrad); the largest gradient, which fades (Adamax). */
  readonly largest?: Of | undefined;
  /** Of the parameter. */
  readonly average?: Of | undefined;
}

/** Numbers of one parameter's step. */
export interface StepFactors {
  /** The learning rate of this step; for Adam and Adamax over `1 - beta1^step`. LAMB has none. */
  readonly stepSize: number;
  /** Of the parameter, before the step. */
  readonly decay: number;
  /** Of what joins a velocity: the gradient, or RMSprop's step; for NAdam of the gradient that joins the mean. */
  readonly gradientFactor: number;
  /** NAdam: of the mean that the gradient joins. */
  readonly meanFactor: number;
  /** Divides the root of the mean square: `sqrt(1 - beta2^step)`. For NAdam the mean square itself: `1 - beta2^step`. */
  readonly correction: number;
  /** LAMB: a factor of that divisor, `1 - beta1^step`. */
  readonly meanCorrection: number;
  /** ASGD: how far the average moves towards the parameter. */
  readonly averageShare: number;
}

/** One parameter in a step of an optimizer. */
export interface StepSegment extends StepFactors {
  /** Changed in place. */
  readonly parameter: Storage;
  /** As wide as the parameter when sparse. */
  readonly gradient: GradientStorage;
  readonly moments: StepMoments<Storage>;
}

/** How a step changes parameters; a kind reads the numbers that its formula has. */
export interface UpdateRule {
  readonly kind: "adam" | "nadam" | "adamax" | "lamb" | "rmsprop" | "adagrad" | "adadelta" | "sgd" | "asgd" | "lion";
  /** Factor of every gradient, before anything else. */
  readonly gradientScale: number;
  /** Added to the gradient times the parameter. */
  readonly l2: number;
  /** Added to LAMB's direction times the parameter. */
  readonly directionL2: number;
  /** Leaves rows that a sparse gradient does not name as they are, moments included. */
  readonly lazy: boolean;
  readonly nesterov: boolean;
  /** What stays of the mean, of which the gradient is the rest. */
  readonly meanMemory: number;
  /** The same of squares, and of Adamax's largest gradient. */
  readonly squareMemory: number;
  /** What stays of a velocity; for Lion what the mean is of the direction, of which the gradient is the rest. */
  readonly momentum: number;
  readonly epsilon: number;
  /** Added below the root; for Adamax to the size of each gradient. */
  readonly innerEpsilon: number;
}
