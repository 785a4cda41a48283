/** The losses of texts that do not depend on each other, side by side and a stretch of steps at a time. */
import { evaluationStep, realPositions } from "@cellstate/lstm-core";
import { gatherRows, reshape } from "@cellstate/tensor";
import { breather } from "../../prediction.ts";
import { scoredTokens, type TextLoss } from "../metrics.ts";
import type { LanguageModel } from "../model.ts";
import type { TextExample } from "../segments.ts";
import { StreamStates } from "../stream-states.ts";

/** Steps computed together, and scores of tokens that memory holds at once; the losses do not depend on them. */
const STRETCH = 128;
const MAX_SCORES = 1 << 24;

/** The losses of texts, each from a state of zeros. */
export async function lossesOf(
  model: LanguageModel,
  examples: readonly TextExample[],
  vocabSize: number,
): Promise<TextLoss[]> {
  const rows = examples.length;
  const longest = Math.max(0, ...examples.map(({ ids }) => ids.length - 1));
  const stretch = Math.max(1, Math.min(STRETCH, Math.floor(MAX_SCORES / (rows * vocabSize))));
  const states = new StreamStates(model.session, model.encoder);
  states.begin(rows);
  const sums = new Float64Array(rows);
  const breathe = breather();
  for (let start = 0; start < longest; start += stretch) {
    await breathe();
    addLosses(model, { examples, start, steps: Math.min(stretch, longest - start), states, sums });
  }
  return Array.from(sums, (nats) => ({ nats }));
}

interface Stretch {
  readonly examples: readonly TextExample[];
  readonly start: number;
  readonly steps: number;
  readonly states: StreamStates;
  /** `[rows]`: nats so far. */
  readonly sums: Float64Array;
}

function addLosses(model: LanguageModel, { examples, start, steps, states, sums }: Stretch): void {
  const { session } = model;
  using _scope = session.scope();
  const rows = examples.length;
  const lengths = Int32Array.from(examples, ({ ids }) => Math.max(0, Math.min(steps, ids.length - 1 - start)));
  const read = new Int32Array(rows * steps);
  for (const [row, { ids }] of examples.entries()) read.set(ids.subarray(start, start + lengths[row]!), row * steps);
  const { features, state } = model.forward({ read, rows, steps, lengths }, evaluationStep, states.take());
  states.keep(state);
  const counted = realPositions(lengths, steps).filter((position) => {
    const { context } = examples[Math.floor(position / steps)]!;
    return start + (position % steps) >= context;
  });
  if (counted.length === 0) return;
  const next = counted.map((position) => examples[Math.floor(position / steps)]!.ids[start + (position % steps) + 1]!);
  const flat = reshape(features, [rows * steps, features.shape[2]!]);
  const losses = model.output.losses(gatherRows(flat, counted), next).readSync();
  for (const [index, position] of counted.entries()) {
    const row = Math.floor(position / steps);
    sums[row] = sums[row]! + losses[index]!;
  }
}

/** Mean loss of a text; undefined where nothing is scored. */
export function meanOf({ nats }: TextLoss, example: TextExample): number | undefined {
  const tokens = scoredTokens(example);
  return tokens === 0 ? undefined : nats / tokens;
}
