/** The options of this package's layers as zod schemas: the only place of their defaults. */
import { z } from "zod";
import { poolingNames, poolings } from "./pooling/poolings.ts";

const size = z.int().min(1);

/** A share of features dropped in training. */
export const dropoutRate = z.number().min(0).lt(1).describe("share of features dropped in training, 0 <= rate < 1");

export const embeddingConfig = z
  .strictObject({
    size: size.describe("features of a token vector"),
    dropout: dropoutRate.default(0).describe("share of the token vectors' features dropped in training"),
  })
  .describe("token vectors");
export type EmbeddingConfig = z.infer<typeof embeddingConfig>;

/** The kinds of recurrent layers, for a union by `kind`: the options of each beside the `shared` ones. */
export function recurrentKinds<Shared extends z.ZodRawShape>(shared: Shared) {
  const recurrentDropout = dropoutRate
    .optional()
    .describe(
      "share of features that the recurrent products do not see in training, the same at all steps; none by default",
    );
  const lstm = z
    .strictObject({
      kind: z.literal("lstm").default("lstm").describe("kind of layer"),
      ...shared,
      recurrentDropout,
      projectionSize: size.optional().describe("features that the cell's output is projected to; none by default"),
      peepholes: z.boolean().optional().describe("the gates also see the cell state; false by default"),
      gateLayerNorm: z.boolean().optional().describe("normalizes gates and cell at each step; false by default"),
      cellClip: z.number().positive().optional().describe("largest magnitude of a cell state; any by default"),
    })
    .describe("LSTM layers");
  const gru = z.strictObject({ kind: z.literal("gru"), ...shared, recurrentDropout }).describe("GRU layers");
  const rnn = z
    .strictObject({
      kind: z.literal("rnn"),
      ...shared,
      recurrentDropout,
      activation: z.enum(["tanh", "relu"]).default("tanh").describe("of the hidden state"),
    })
    .describe("simple recurrent layers");
  return [lstm, gru, rnn] as const;
}

export const [lstmConfig, gruConfig, rnnConfig] = recurrentKinds({
  hiddenSize: size.describe("features of each direction"),
  numLayers: size.default(1).describe("layers on top of each other"),
  bidirectional: z.boolean().default(false).describe("also reads each text from its end"),
  dropout: dropoutRate.default(0).describe("share of features dropped between layers in training"),
});
export type LstmConfig = z.infer<typeof lstmConfig>;

/** Layers that read a sequence. */
export const recurrentConfig = z
  .discriminatedUnion("kind", [lstmConfig, gruConfig, rnnConfig])
  .describe("recurrent layers");
export type RecurrentConfig = z.infer<typeof recurrentConfig>;

/** What any section made by `recurrentKinds` must have for `buildRecurrent`. */
export type RecurrentSection = z.infer<ReturnType<typeof recurrentKinds<Record<never, never>>>[number]> & {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional?: boolean;
  readonly dropout: number;
};

const poolingDescriptions = poolingNames.map((name) => `${name}: ${poolings[name].description}`);

export const poolingConfig = z
  .enum(poolingNames)
  .describe(`how the outputs of all steps become one vector. ${poolingDescriptions.join("; ")}`);
export type PoolingConfig = z.infer<typeof poolingConfig>;
