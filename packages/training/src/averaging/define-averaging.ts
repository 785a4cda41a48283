/** A way to average weights over a run, from its parts: options, when the average moves on, and how far. */
import type { TensorData } from "@cellstate/tensor";
import type { Choice, Options, ValuesOf } from "../options.ts";

/** How far averaging has come; plain JSON. */
export interface AveragingProgress {
  readonly kind: string;
  /** How often weights have joined the average. */
  readonly updates: number;
  /** Whether a trigger has fired, for kinds that wait for one. */
  readonly triggered: boolean;
  /** The scores of all evaluations so far, lower ones better, for kinds that compare them. */
  readonly scores: readonly number[];
}

/** Everything that averaging needs to go on. */
export interface AveragingState extends AveragingProgress {
  /** The averages by parameter; empty before the first update. */
  readonly tensors: ReadonlyMap<string, TensorData>;
}

/** Where a step stands. */
export interface AveragingMoment {
  /** The epoch that the step belongs to, from 1. */
  readonly epoch: number;
  /** Whether the step is the last one of its epoch. */
  readonly epochEnded: boolean;
  readonly progress: AveragingProgress;
}

export interface AveragingParts<Kind extends string, O extends Options> extends Choice<Kind, O> {
  /** Whether the weights after this step join the average. */
  isDue(moment: AveragingMoment, options: ValuesOf<O>): boolean;
  /** Share of the average that they become, if they are not the first: of the others the rest is kept. */
  share(updates: number, options: ValuesOf<O>): number;
  /** Whether the scores fire the trigger; kinds without one leave it out, and keep no scores. */
  triggers?(scores: readonly number[], options: ValuesOf<O>): boolean;
}

/** A line of the list of ways to average. */
export type AveragingChoice<Kind extends string = string, O extends Options = Options> = AveragingParts<Kind, O>;

export function defineAveraging<const Kind extends string, O extends Options>(
  parts: AveragingParts<Kind, O>,
): AveragingChoice<Kind, O> {
  return parts;
}
