/** What a model says of one batch in training. */
import type { Tensor } from "@cellstate/tensor";

export interface BatchLoss {
  /** Mean loss over the counted targets, shape `[]`; nats for a cross-entropy. */
  readonly loss: Tensor;
  /** Targets that the mean runs over: examples of a classifier, target tokens of a translator. */
  readonly count: number;
  /** What else gradients go down, shape `[]`, such as a cost of large outputs; no part of the reported loss. Default: nothing. */
  readonly penalty?: Tensor | undefined;
}
