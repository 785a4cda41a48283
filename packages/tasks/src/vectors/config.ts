/** The section of a config that says which file a table of word vectors begins with. */
import { pathConfig } from "@cellstate/data/config";
import { z } from "zod";

export const vectorsConfig = z
  .strictObject({
    file: pathConfig.describe(
      "GloVe or word2vec as text, word2vec as .bin, fastText as .vec or .bin, each also with .gz",
    ),
    format: z
      .enum(["auto", "text", "word2vec", "fasttext"])
      .default("auto")
      .describe("how the file is written; auto: told by its first bytes"),
    trainable: z
      .boolean()
      .default(false)
      .describe("whether training changes the vectors. false: they stay as the file has them"),
    unknown: z
      .enum(["average", "random"])
      .default("average")
      .describe(
        "what words begin with that the file lacks. average: the mean of all vectors that were found; random: what they would begin with without a file",
      ),
    lowercase: z
      .boolean()
      .default(true)
      .describe("whether a word that the file lacks takes the vector of its lower-case form"),
  })
  .describe("word vectors that others have trained; model.embedding.size must be theirs");
export type VectorsConfig = z.infer<typeof vectorsConfig>;
