/** What flows through a model: a tensor, the mask of its steps, and the scores that probabilities were made of. */
import type { StepContext } from "@cellstate/lstm-core";
import type { Session, Tensor } from "@cellstate/tensor";
import type { Mask } from "./mask.ts";

/** Scores before the sigmoid or softmax, from which a cross-entropy needs no logarithm of a probability that rounds to 0. */
export interface Logits {
  readonly kind: "sigmoid" | "softmax";
  /** Of the shape of the probabilities. */
  readonly tensor: Tensor;
}

export interface Value {
  /** `[batch, ...]`; int32 where all that read an input are embeddings. */
  readonly tensor: Tensor;
  /** `[batch, time]` of a tensor `[batch, time, ...]`. Default: all steps are real. */
  readonly mask?: Mask | undefined;
  readonly logits?: Logits | undefined;
}

/** What a layer is told beside its inputs. */
export interface RunContext {
  readonly session: Session;
  /** Whether this is training, and the address of dropout. */
  readonly step: StepContext;
  /** Where layers put what the size of their outputs adds to the loss. Default: nowhere. */
  readonly penalties?: Tensor[];
  /** Whether the layer's weights are not trained. */
  readonly isFrozen?: boolean;
}
