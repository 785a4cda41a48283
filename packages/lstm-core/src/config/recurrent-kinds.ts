/** The options of each kind of recurrent layer: an entry a kind, as in `layers/build-recurrent.ts`. */
import { z } from "zod";
import { dropoutRate, fitMemory, type RecurrentSizes, size } from "./ranges.ts";

const heads = z
  .int()
  .min(1)
  .optional()
  .describe(
    "equal blocks of units, each with a memory of its own; divides hiddenSize. Default: 4, or the largest of 3, 2, 1 that divides it",
  );

/** The kinds of recurrent layers, for a union by `kind`: the options of each beside the `shared` ones. */
export function recurrentKinds<Shared extends z.ZodRawShape>(shared: Shared) {
  const common = {
    ...shared,
    recurrentDropout: dropoutRate
      .optional()
      .describe(
        "share of the hidden state's features dropped on their way to the next step in training, the same ones at all steps (Gal & Ghahramani 2016). Default: 0",
      ),
  };
  return [
    z
      .strictObject({
        kind: z.literal("lstm").default("lstm").describe("kind of recurrent layers"),
        ...common,
        projectionSize: size
          .optional()
          .describe("size that the output of each cell is projected to. Default: no projection"),
        peepholes: z.boolean().optional().describe("the gates also see the cell state. Default: false"),
        gateLayerNorm: z
          .boolean()
          .optional()
          .describe("layer normalization of gates and cell state at each step. Default: false"),
        cellClip: z
          .number()
          .positive()
          .optional()
          .describe("largest magnitude of a cell state; larger ones are clipped. Default: no limit"),
      })
      .superRefine(fits(4))
      .describe("LSTM layers"),
    z
      .strictObject({ kind: z.literal("gru"), ...common })
      .superRefine(fits(3))
      .describe("GRU layers"),
    z
      .strictObject({
        kind: z.literal("rnn"),
        ...common,
        activation: z.enum(["tanh", "relu"]).default("tanh").describe("activation function of the hidden state"),
      })
      .superRefine(fits(1))
      .describe("simple recurrent layers (Elman 1990)"),
    z
      .strictObject({ kind: z.literal("mgu"), ...common })
      .superRefine(fits(2))
      .describe("layers of minimal gated units (Zhou et al. 2016)"),
    z
      .strictObject({ kind: z.literal("slstm"), ...common, heads })
      .superRefine(fits(4))
      .superRefine(headsDivide)
      .describe("sLSTM layers: exponential gates and a normalizer (Beck et al. 2024)"),
    z
      .strictObject({
        kind: z.literal("mlstm"),
        ...shared,
        heads,
        chunkSize: size
          .optional()
          .describe("steps that are computed side by side; 1 walks step by step, slowly. Default: 64"),
      })
      .superRefine(fits(4))
      .superRefine(headsDivide)
      .describe(
        "mLSTM layers: a matrix as memory (Beck et al. 2024). Nothing reads the hidden state, so it cannot be dropped",
      ),
  ] as const;
}

/** The sizes are among the shared options, which only the caller knows. */
function fits(blocks: number) {
  const check = fitMemory(blocks);
  return (section: object, context: z.RefinementCtx) => check(section as RecurrentSizes, context);
}

/** As in `fits`. */
function headsDivide(section: object, context: z.RefinementCtx): void {
  const { hiddenSize, heads = 1 } = section as RecurrentSizes & { readonly heads?: number };
  if (hiddenSize % heads === 0) return;
  context.addIssue({ code: "custom", path: ["heads"], message: `must divide hiddenSize ${hiddenSize}` });
}

/** What any section made by `recurrentKinds` must have for `buildRecurrent`. */
export type RecurrentSection = z.infer<ReturnType<typeof recurrentKinds<Record<never, never>>>[number]> & {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional?: boolean;
  readonly dropout: number;
};
