/** The options of this package's layers as zod schemas: the only place of their defaults. */
import { z } from "zod";
import { dropoutRate, layerCount, layerSizes, size } from "./config/ranges.ts";
import { directionOptions, recurrentKinds } from "./config/recurrent-kinds.ts";
import { poolingNames, poolings } from "./pooling/poolings.ts";

export { dropoutRate, layerCount, size } from "./config/ranges.ts";
export { directionOptions, type RecurrentSection, recurrentKinds } from "./config/recurrent-kinds.ts";

export const embeddingConfig = z
  .strictObject({
    size: size.describe("size of a token's vector"),
    dropout: dropoutRate.default(0).describe("share of the vectors' features dropped in training"),
    wordDropout: dropoutRate
      .optional()
      .describe("share of the tokens whose whole vectors are dropped in training, each by itself. Default: 0"),
    rowDropout: dropoutRate
      .optional()
      .describe(
        "share of the vocabulary dropped in training, each of its tokens everywhere in a batch (Merity et al. 2018). Default: 0",
      ),
  })
  .describe("token vectors");
export type EmbeddingConfig = z.infer<typeof embeddingConfig>;

/** Layers that read a sequence. */
export const recurrentConfig = z
  .discriminatedUnion(
    "kind",
    recurrentKinds({
      hiddenSize: layerSizes.describe("units of each layer in each direction, or a list with those of each layer"),
      numLayers: layerCount
        .optional()
        .describe(
          "number of layers, each of which reads the output of the one below. Default: 1, or as many as hiddenSize lists",
        ),
      bidirectional: z.boolean().default(false).describe("also reads each text from its end to its start"),
      ...directionOptions,
      dropout: dropoutRate.default(0).describe("share of features dropped between layers in training"),
    }),
  )
  .describe("recurrent layers");
export type RecurrentConfig = z.infer<typeof recurrentConfig>;

const poolingDescriptions = poolingNames.map((name) => `${name}: ${poolings[name].description}`);

export const poolingConfig = z
  .enum(poolingNames)
  .describe(`how the outputs of all steps become one vector. ${poolingDescriptions.join("; ")}`);
export type PoolingConfig = z.infer<typeof poolingConfig>;
