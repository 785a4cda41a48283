/** Reads a split from start to end in one row, with the state carried all the way. */
import { evaluationStep, type StepContext } from "@cellstate/lstm-core";
import { reshape, type Tensor } from "@cellstate/tensor";
import { breather } from "../../prediction.ts";
import type { TextLoss } from "../metrics.ts";
import type { LanguageModel } from "../model.ts";
import type { TextExample } from "../segments.ts";
import { StreamStates } from "../stream-states.ts";

/** Some steps of the text. */
interface ReadSteps {
  /** Of the last layer, `[steps, outputSize]`. */
  readonly features: Tensor;
  /** What follows each step. */
  readonly next: Int32Array;
}

export interface ReadOnOptions {
  /** Steps computed together, integer >= 1. */
  readonly stretch: number;
  /** The cross-entropy of each step, `[steps]`, nats. Runs inside a scope; what it changes of the model acts on the steps after. */
  readonly lossesOf: (steps: ReadSteps) => ArrayLike<number>;
  readonly onProgress: ((done: number) => void) | undefined;
}

export async function readOn(
  model: LanguageModel,
  examples: readonly TextExample[],
  { stretch, lossesOf, onProgress }: ReadOnOptions,
): Promise<TextLoss[]> {
  const states = new StreamStates(model.session, model.encoder);
  states.begin(1);
  const breathe = breather();
  const losses: TextLoss[] = [];
  for (const { ids, context } of examples) {
    let nats = 0;
    for (let start = context; start < ids.length - 1; start += stretch) {
      await breathe();
      const end = Math.min(start + stretch, ids.length - 1);
      using _scope = model.session.scope();
      const { features, state } = readRow(model, ids.subarray(start, end), evaluationStep, states);
      states.keep(state);
      const each = lossesOf({ features, next: ids.slice(start + 1, end + 1) });
      for (let step = 0; step < each.length; step++) nats += each[step]!;
    }
    losses.push({ nats });
    onProgress?.(losses.length);
  }
  return losses;
}

function readRow(model: LanguageModel, read: Int32Array, step: StepContext, states: StreamStates) {
  const { features, state } = model.forward({ read, rows: 1, steps: read.length }, step, states.take());
  return { features: reshape(features, [read.length, features.shape[2]!]), state };
}
