/** The options of this package's layers as zod schemas: the only place of their defaults. */
import { z } from "zod";
import { dropoutRate, layerCount, layerSizes, size } from "./config/ranges.ts";
import { directionOptions, recurrentKinds } from "./config/recurrent-kinds.ts";
import type { CellChoice } from "./layers/define-cell.ts";
import { type PoolingChoice, type PoolingName, poolingNames, poolings } from "./pooling/poolings.ts";

export type { InitializerInput, InitializersSchema } from "./config/initializers.ts";
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

function unnamedRecurrentConfig(cells: readonly CellChoice[]) {
  const shared = {
    hiddenSize: layerSizes.describe("units of each layer in each direction, or a list with those of each layer"),
    numLayers: layerCount
      .optional()
      .describe(
        "number of layers, each of which reads the output of the one below. Default: 1, or as many as hiddenSize lists",
      ),
    bidirectional: z.boolean().default(false).describe("also reads each text from its end to its start"),
    ...directionOptions,
    dropout: dropoutRate.default(0).describe("share of features dropped between layers in training"),
  };
  return z.discriminatedUnion("kind", recurrentKinds(shared, cells)).describe("recurrent layers");
}

type RecurrentUnion = ReturnType<typeof unnamedRecurrentConfig>;
/** Named, so that declarations of what holds it do not repeat it. */
export interface RecurrentSchema extends RecurrentUnion {}

/** Layers that read a sequence. @param cells  kinds besides those that come along */
export function recurrentConfigOf(cells: readonly CellChoice[]): RecurrentSchema {
  return unnamedRecurrentConfig(cells);
}

/** Layers that read a sequence, of the kinds that come along. */
export const recurrentConfig = recurrentConfigOf([]);
export type RecurrentConfig = z.infer<typeof recurrentConfig>;

/** How the outputs of all steps become one vector. @param own  poolings besides those that come along */
export function poolingConfigOf(own: readonly PoolingChoice[]) {
  const known = poolingNames.map((name) => ({ name, description: poolings[name].description }));
  const all = [...known, ...own];
  const descriptions = all.map(({ name, description }) => `${name}: ${description}`);
  return z
    .enum(all.map(({ name }) => name as PoolingName))
    .describe(`how the outputs of all steps become one vector. ${descriptions.join("; ")}`);
}

export const poolingConfig = poolingConfigOf([]);
export type PoolingConfig = z.infer<typeof poolingConfig>;
