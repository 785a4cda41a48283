/** The options of a sequence-to-sequence model and of its search as zod schemas: the only place of their defaults. */
import type { CellChoice } from "@cellstate/lstm-core";
import {
  directionOptions,
  dropoutRate,
  embeddingConfig,
  layerCount,
  recurrentKinds,
  size,
} from "@cellstate/lstm-core/config";
import { z } from "zod";

function unnamedEncoderConfig(cells: readonly CellChoice[]) {
  const shared = {
    hiddenSize: size.describe("units of each layer in each direction"),
    numLayers: layerCount.default(1).describe("number of layers, each of which reads the output of the one below"),
    bidirectional: z.boolean().default(true).describe("also reads each source from its end to its start"),
    ...directionOptions,
    dropout: dropoutRate
      .default(0)
      .describe("share of features dropped in training, between layers and in the encoder's output"),
    layerNorm: z.boolean().default(false).describe("layer normalization of the encoder's output, before its dropout"),
  };
  return z
    .discriminatedUnion("kind", recurrentKinds(shared, cells))
    .describe("the encoder: recurrent layers that read the source");
}

type EncoderUnion = ReturnType<typeof unnamedEncoderConfig>;
/** Named, as `DecoderSchema` is, so that declarations of what holds it do not repeat it. */
export interface EncoderSchema extends EncoderUnion {}

function encoderConfigOf(cells: readonly CellChoice[]): EncoderSchema {
  return unnamedEncoderConfig(cells);
}

export const encoderConfig = encoderConfigOf([]);
export type EncoderConfig = z.infer<typeof encoderConfig>;

export const attentionConfig = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("additive").describe("additive attention, energy . tanh(query + key) (Bahdanau et al. 2015)"),
    }),
    z.strictObject({ kind: z.literal("general").describe("general attention, query . W value (Luong et al. 2015)") }),
  ])
  .describe("how the decoder weighs the positions of the source");
export type AttentionConfig = z.infer<typeof attentionConfig>;

function unnamedDecoderConfig(cells: readonly CellChoice[]) {
  const shared = {
    hiddenSize: size.describe("units of each layer"),
    numLayers: layerCount.default(1).describe("number of layers, each of which reads the output of the one below"),
    inputFeeding: z
      .boolean()
      .default(true)
      .describe("feeds what attention found at one step into the next (Luong et al. 2015)"),
    tieEmbeddings: z.boolean().default(false).describe("uses one table as target vectors and as output weights"),
    dropout: dropoutRate
      .default(0)
      .describe("share of features dropped in training, between layers and before the output"),
  };
  return z
    .discriminatedUnion("kind", recurrentKinds(shared, cells))
    .describe("the decoder: recurrent layers that write the target");
}

type DecoderUnion = ReturnType<typeof unnamedDecoderConfig>;
export interface DecoderSchema extends DecoderUnion {}

function decoderConfigOf(cells: readonly CellChoice[]): DecoderSchema {
  return unnamedDecoderConfig(cells);
}

export const decoderConfig = decoderConfigOf([]);
export type DecoderConfig = z.infer<typeof decoderConfig>;

export const searchConfig = z
  .strictObject({
    beamSize: z.int().min(1).max(1000).default(5).describe("hypotheses kept at each step; 1 is greedy search"),
    lengthPenalty: z
      .number()
      .min(0)
      .max(10)
      .default(0.6)
      .describe(
        "exponent of the length penalty (Wu et al. 2016, section 7); 0 turns it off, more favours longer targets",
      ),
    maxDecodeLen: z.int().min(1).max(10_000).default(100).describe("most tokens of a target, its end included"),
  })
  .describe("how a trained model searches for the best target");
export type SearchConfig = z.infer<typeof searchConfig>;

/** A whole model without its vocabularies. @param cells  kinds of layers besides those that come along */
export function seq2seqConfigOf(cells: readonly CellChoice[]) {
  return z.strictObject({
    embedding: embeddingConfig.describe("token vectors of source and target"),
    encoder: encoderConfigOf(cells),
    attention: attentionConfig.default({ kind: "additive" }),
    decoder: decoderConfigOf(cells),
  });
}

/** A whole model without its vocabularies, of the kinds of layers that come along. */
export const seq2seqConfig = seq2seqConfigOf([]);
export type Seq2SeqConfig = z.infer<typeof seq2seqConfig>;
