/** The sections of a tagger's experiment, and the only place of their defaults. */
import { dropoutRate, embeddingConfig, recurrentConfigOf, size } from "@cellstate/lstm-core/config";
import { z } from "zod";
import { type Components, noComponents } from "../plugin/components.ts";
import { vectorsConfig } from "../vectors/config.ts";
import { tagSchemes } from "./chunks.ts";
import { TAG_METRICS } from "./metric-infos.ts";

const tagsConfig = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("words").describe("a tag for each word by itself, such as its part of speech"),
    }),
    z.strictObject({
      kind: z.literal("spans").describe("names of spans of words, such as entities, scored span by span"),
      scheme: z
        .enum(["auto", ...tagSchemes])
        .default("auto")
        .describe(
          "how a column of tags writes spans. bio: B- on the first word and I- on the others; iob1: B- only where a span of the same name ends right before; bioes: also E- on the last word and S- on a word alone; auto: told by the tags of train",
        ),
      broken: z
        .enum(["repair", "refuse"])
        .default("repair")
        .describe(
          "what becomes of tags that break the scheme, such as I-PER after O. repair: they are read as conlleval reads them, and counted; refuse: an error with file and line",
        ),
      encoding: z
        .enum(["bio", "bioes"])
        .default("bioes")
        .describe("the tags that the model itself gives; files, answers and scores do not show them"),
    }),
  ])
  .describe("what tags stand for");
export type TagsConfig = z.infer<typeof tagsConfig>;

const charactersConfig = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none").describe("words are known as wholes only") }),
    z.strictObject({
      kind: z.literal("cnn").describe("filters over the characters of each word (Ma & Hovy 2016)"),
      size: size.default(30).describe("size of a character's vector"),
      filters: size.default(30).describe("filters, and so features of a word"),
      kernelSize: size.default(3).describe("characters that a filter sees"),
    }),
    z.strictObject({
      kind: z.literal("lstm").describe("an LSTM that spells each word in both directions (Lample et al. 2016)"),
      size: size.default(25).describe("size of a character's vector"),
      hiddenSize: size.default(25).describe("units of each direction; a word has twice as many features"),
    }),
  ])
  .describe("what the model sees of how words are spelt, their case included");
export type CharactersConfig = z.infer<typeof charactersConfig>;

function modelConfigOf({ cells }: Pick<Components, "cells">) {
  return z
    .strictObject({
      embedding: embeddingConfig.extend({ vectors: vectorsConfig.optional() }),
      characters: charactersConfig.prefault({ kind: "cnn" }),
      encoder: recurrentConfigOf(cells),
      dropout: dropoutRate.default(0).describe("share of the encoder's features dropped in training"),
      decoder: z
        .enum(["crf", "softmax"])
        .default("crf")
        .describe(
          "crf: the best sequence of tags, with scores of neighbours (Lafferty et al. 2001); softmax: the likeliest tag of each word by itself",
        ),
      singletonDropout: dropoutRate
        .default(0.5)
        .describe(
          "share of the places of words that train has once at which training reads the unknown word, so that its vector learns",
        ),
    })
    .describe("vectors of words and of their characters, recurrent layers, scores of tags at each word");
}
export type TaggerConfig = z.infer<ReturnType<typeof modelConfigOf>>;

/** The sections of a tagger with the layers that plugins add. */
export function taggingConfigOf(components: Pick<Components, "cells">) {
  return z.strictObject({
    tags: tagsConfig,
    words: z
      .strictObject({
        contractions: z
          .enum(["none", "english"])
          .default("none")
          .describe(
            "english: raw text is also cut within don't (do, n't), it's (it, 's) and the like, as in treebanks",
          ),
      })
      .describe("how raw text is cut into words")
      .prefault({}),
    vocabulary: z
      .strictObject({
        lowercase: z
          .boolean()
          .default(true)
          .describe("whether words that differ in case alone share a vector; characters keep their case"),
        minFrequency: z
          .int()
          .min(1)
          .default(1)
          .describe("rarer words of train have no vector of their own and are read as the unknown word"),
        maxWordLength: z
          .int()
          .min(2)
          .max(1000)
          .default(24)
          .describe("characters of a word that the model sees: of longer ones as many from the start as from the end"),
      })
      .describe("the words and characters that have vectors of their own")
      .prefault({}),
    model: modelConfigOf(components),
    metrics: z
      .strictObject({
        select: z
          .enum(TAG_METRICS.map(({ name }) => name))
          .optional()
          .describe("dev metric that chooses the best checkpoint. Default: f1 of spans, accuracy of words"),
      })
      .describe("how the model is judged")
      .prefault({}),
  });
}

/** The sections of a tagger. */
export const taggingConfig = taggingConfigOf(noComponents);
export type TaggingConfig = z.infer<typeof taggingConfig>;
