/** The options of a sequence-to-sequence model and of its search as zod schemas: the only place of their defaults. */
import { dropoutRate, embeddingConfig, recurrentKinds } from "@cellstate/lstm-core/config";
import { z } from "zod";

const size = z.int().min(1);

export const encoderConfig = z
  .discriminatedUnion(
    "kind",
    recurrentKinds({
      hiddenSize: size.describe("features of each direction"),
      numLayers: size.default(1).describe("layers on top of each other"),
      bidirectional: z.boolean().default(true).describe("also reads each source from its end"),
      dropout: dropoutRate.default(0).describe("share of features dropped between layers and in the encoder's output"),
      layerNorm: z
        .boolean()
        .default(false)
        .describe("normalizes the encoder's output at each position, before its dropout"),
    }),
  )
  .describe("reads the source");
export type EncoderConfig = z.infer<typeof encoderConfig>;

export const attentionConfig = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("additive").describe("energy . tanh(query + key), Bahdanau et al. 2015") }),
    z.strictObject({ kind: z.literal("general").describe("query . W value, Luong et al. 2015") }),
  ])
  .describe("how the decoder chooses source positions");
export type AttentionConfig = z.infer<typeof attentionConfig>;

export const decoderConfig = z
  .discriminatedUnion(
    "kind",
    recurrentKinds({
      hiddenSize: size.describe("features of each layer"),
      numLayers: size.default(1).describe("layers on top of each other"),
      inputFeeding: z.boolean().default(true).describe("feeds the attentional vector of one step into the next"),
      tieEmbeddings: z.boolean().default(false).describe("one table for target vectors and output weights"),
      dropout: dropoutRate
        .default(0)
        .describe("share of features dropped between layers and in the attentional vectors"),
    }),
  )
  .describe("writes the target");
export type DecoderConfig = z.infer<typeof decoderConfig>;

export const searchConfig = z
  .strictObject({
    beamSize: size.default(5).describe("hypotheses kept per sentence; 1 is greedy search"),
    lengthPenalty: z
      .number()
      .min(0)
      .default(0.6)
      .describe("exponent alpha of Wu et al. 2016; 0 leaves scores unscaled"),
    maxDecodeLen: size.default(100).describe("most tokens of a hypothesis, the end counted"),
  })
  .describe("how a trained model is decoded");
export type SearchConfig = z.infer<typeof searchConfig>;

/** A whole model without its vocabularies. */
export const seq2seqConfig = z.strictObject({
  embedding: embeddingConfig.describe("token vectors of source and target"),
  encoder: encoderConfig,
  attention: attentionConfig.default({ kind: "additive" }),
  decoder: decoderConfig,
});
export type Seq2SeqConfig = z.infer<typeof seq2seqConfig>;
