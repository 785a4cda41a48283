/** The options of this package's layers as zod schemas: the only place of their defaults. */
import { z } from "zod";

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

export const lstmConfig = z
  .strictObject({
    kind: z.literal("lstm").default("lstm").describe("kind of encoder"),
    hiddenSize: size.describe("features of each direction"),
    numLayers: size.default(1).describe("layers on top of each other"),
    bidirectional: z.boolean().default(false).describe("also reads each text from its end"),
    dropout: dropoutRate.default(0).describe("share of features dropped between layers in training"),
  })
  .describe("LSTM layers");
export type LstmConfig = z.infer<typeof lstmConfig>;

export const poolingConfig = z
  .enum(["max", "mean", "last"])
  .describe("how the outputs of all steps become one vector: maximum, mean, or the final states");
export type PoolingConfig = z.infer<typeof poolingConfig>;
