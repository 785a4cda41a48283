/** The options of each kind of recurrent layer: an entry a kind, as in `layers/build-recurrent.ts`. */
import { z } from "zod";
import { dropoutRate, size } from "./ranges.ts";

/** The kinds of recurrent layers, for a union by `kind`: the options of each beside the `shared` ones. */
export function recurrentKinds<Shared extends z.ZodRawShape>(shared: Shared) {
  const common = {
    ...shared,
    recurrentDropout: dropoutRate
      .optional()
      .describe(
        "share of features that the recurrent products do not see in training, the same at all steps; none by default",
      ),
  };
  return [
    z
      .strictObject({
        kind: z.literal("lstm").default("lstm").describe("kind of layer"),
        ...common,
        projectionSize: size.optional().describe("features that the cell's output is projected to; none by default"),
        peepholes: z.boolean().optional().describe("the gates also see the cell state; false by default"),
        gateLayerNorm: z.boolean().optional().describe("normalizes gates and cell at each step; false by default"),
        cellClip: z.number().positive().optional().describe("largest magnitude of a cell state; any by default"),
      })
      .describe("LSTM layers"),
    z.strictObject({ kind: z.literal("gru"), ...common }).describe("GRU layers"),
    z
      .strictObject({
        kind: z.literal("rnn"),
        ...common,
        activation: z.enum(["tanh", "relu"]).default("tanh").describe("of the hidden state"),
      })
      .describe("simple recurrent layers"),
    z.strictObject({ kind: z.literal("mgu"), ...common }).describe("layers of minimal gated units (Zhou et al. 2016)"),
  ] as const;
}

/** What any section made by `recurrentKinds` must have for `buildRecurrent`. */
export type RecurrentSection = z.infer<ReturnType<typeof recurrentKinds<Record<never, never>>>[number]> & {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional?: boolean;
  readonly dropout: number;
};
