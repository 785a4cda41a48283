/** The sections of a language model's experiment, and the only place of their defaults. */
import { dropoutRate, embeddingConfig, layerCount, recurrentKinds, size } from "@cellstate/lstm-core/config";
import { tokenizerSectionConfig } from "@cellstate/tokenizers/config";
import { z } from "zod";
import { type Components, noComponents } from "../plugin/components.ts";
import { languageMetrics } from "./metrics.ts";

/** The name of the task. */
export const LANGUAGE_MODEL = "language-model";

const count = z.int().min(1).max(1_000_000_000);

const textConfig = z
  .strictObject({
    unit: z
      .enum(["stream", "line"])
      .default("stream")
      .describe(
        "stream: a file is one running text, whose state is carried from line to line; line: each line is a text of its own, which the model begins and ends",
      ),
    documentSeparator: z
      .string()
      .optional()
      .describe(
        'a line that stands between two documents of a stream, such as "" for an empty one; in its place the model sees the end of a text. Default: none',
      ),
  })
  .refine(({ unit, documentSeparator }) => unit === "stream" || documentSeparator === undefined, {
    path: ["documentSeparator"],
    message: "must be left out with unit: line, where each line is a text of its own",
  })
  .describe("how the lines of a file make a text");

/** Layers in one direction: a model that is to say what comes next must not have read it. */
function unnamedForwardLayers(cells: Components["cells"]) {
  const sizes = {
    hiddenSize: z.union([size, z.array(size).min(1).max(100)]).describe("units of each layer, or a list"),
    numLayers: layerCount
      .optional()
      .describe("layers on top of each other. Default: 1, or as many as hiddenSize lists"),
    dropout: dropoutRate.default(0).describe("share of features dropped between layers in training"),
  };
  return z.discriminatedUnion("kind", recurrentKinds(sizes, cells)).describe("recurrent layers");
}

type ForwardLayersUnion = ReturnType<typeof unnamedForwardLayers>;
/** Named, so that declarations of what holds it do not repeat it. */
interface ForwardLayersSchema extends ForwardLayersUnion {}

function forwardLayers(cells: Components["cells"]): ForwardLayersSchema {
  return unnamedForwardLayers(cells);
}

const outputConfig = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("softmax").default("softmax") }).describe("a score for each token"),
    z
      .strictObject({
        kind: z.literal("adaptive"),
        cutoffs: z
          .array(z.int().min(1))
          .min(1)
          .describe("the first id of each cluster of rarer tokens, rising, such as [2000, 10000]"),
        divValue: z
          .number()
          .min(1)
          .default(4)
          .describe("by how much the input of each cluster is smaller than that of the one before"),
      })
      .refine(({ cutoffs }) => cutoffs.every((cutoff, index) => index === 0 || cutoff > cutoffs[index - 1]!), {
        path: ["cutoffs"],
        message: "expected rising ids, such as [2000, 10000]",
      })
      .describe("an adaptive softmax, which computes little for rare tokens (Grave et al. 2017)"),
  ])
  .describe("how the last layer's features become scores of all tokens");

function modelConfigOf(cells: Components["cells"]) {
  return z
    .strictObject({
      embedding: embeddingConfig,
      encoder: forwardLayers(cells),
      output: outputConfig.prefault({}),
      dropout: dropoutRate
        .default(0)
        .describe(
          "share of the last layer's features dropped before the output in training; the same ones at all steps with encoder.variationalDropout",
        ),
      tieEmbeddings: z
        .boolean()
        .default(false)
        .describe(
          "the output uses the token vectors as its weights (Press & Wolf 2017), for which features are projected to their size",
        ),
    })
    .refine(({ tieEmbeddings, output }) => !tieEmbeddings || output.kind === "softmax", {
      path: ["tieEmbeddings"],
      message: "must be false with an adaptive softmax, which has weights of its own",
    })
    .describe("embedding, recurrent layers in one direction, a score for each token that may come next");
}
export type LanguageNetworkConfig = z.infer<ReturnType<typeof modelConfigOf>>;

const streamsConfig = z
  .strictObject({
    bptt: count.default(70).describe("tokens of each row in a step, through which gradients flow back"),
    randomLength: z
      .boolean()
      .default(false)
      .describe(
        "draws the length of each step around bptt, so that gradients do not always end at the same places; the step's gradient has the length's share (Merity et al. 2018)",
      ),
    resetShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe(
        "share of the rows whose state begins anew at a step, so that the model also learns to begin; 0: none within an epoch",
      ),
  })
  .describe("how the training text is cut: training.batchSize rows that each go on where they ended, state included");

const learningRate = z.number().gt(0).max(1000);

const evaluationConfig = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("segments").default("segments"),
        context: z
          .int()
          .min(0)
          .max(1_000_000)
          .default(256)
          .describe("tokens before each segment that are read first and not scored, to build up the state"),
      })
      .describe("segments of the text side by side, each with what stands before it: fast"),
    z
      .strictObject({ kind: z.literal("carried") })
      .describe("the text from start to end, with the state carried all the way: one row, so slower"),
    z
      .strictObject({
        kind: z.literal("dynamic"),
        learningRate: learningRate.default(0.05).describe("size of the steps of gradient descent"),
        decay: z
          .number()
          .min(0)
          .max(1)
          .default(0.001)
          .describe("share by which weights return to the trained ones at a step"),
        bptt: count.default(20).describe("tokens between two steps"),
      })
      .describe("dynamic evaluation: the model learns from the text that it has read so far (Krause et al. 2018)"),
    z
      .strictObject({
        kind: z.literal("cache"),
        size: z.int().min(1).max(1_000_000).default(500).describe("tokens that are remembered"),
        flatness: z.number().min(0).max(1000).default(0.3).describe("how much likeness of states counts (theta)"),
        share: z.number().min(0).lt(1).default(0.1).describe("share of the cache in a probability (lambda)"),
      })
      .describe("a continuous cache: tokens that followed similar states are likelier (Grave et al. 2017)"),
  ])
  .describe(
    "how dev and test are scored. dynamic and cache see what they scored before, so compare them with models that do, too",
  );
export type EvaluationConfig = z.infer<typeof evaluationConfig>;

const sampleConfig = z
  .strictObject({
    texts: z.int().min(0).max(100).default(3).describe("texts that the report shows"),
    length: z.int().min(1).max(100_000).default(300).describe("tokens of each at most"),
    temperature: z
      .number()
      .positive()
      .max(1000)
      .default(0.8)
      .describe("what scores are divided by; below 1 likely tokens become likelier"),
    seed: z.int().min(0).default(0).describe("seed of the draws"),
  })
  .describe("texts written by the model, for the report");
export type SampleConfig = z.infer<typeof sampleConfig>;

/** The sections of a language model with the choices that plugins add. */
export function languageModelConfigOf({ cells }: Pick<Components, "cells">) {
  return z.strictObject({
    text: textConfig.prefault({}),
    tokenizer: tokenizerSectionConfig,
    model: modelConfigOf(cells),
    streams: streamsConfig.prefault({}),
    evaluation: evaluationConfig.prefault({}),
    sample: sampleConfig.prefault({}),
    metrics: z
      .strictObject({
        select: z
          .enum(languageMetrics.map(({ name }) => name))
          .default("loss")
          .describe("dev metric that chooses the best checkpoint"),
      })
      .describe("how the model is judged")
      .prefault({}),
  });
}

/** The sections of a language model. */
export const languageModelConfig = languageModelConfigOf(noComponents);
export type LanguageModelConfig = z.infer<typeof languageModelConfig>;
