/** The sections of a classifier that was taken over from another framework. */
import { z } from "zod";
import { classifyConfig } from "../classify/config.ts";

const SIDES = ["pre", "post"] as const;

const importedInputConfig = z
  .strictObject({
    maxLength: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe("tokens that every text is cut or filled to; default: its own number"),
    padding: z.enum(SIDES).default("pre").describe("where shorter texts are filled: before their tokens, or after"),
    truncating: z.enum(SIDES).default("pre").describe("where longer texts lose tokens: at their start, or their end"),
    padId: z.int().min(0).default(0).describe("the id that fills them"),
  })
  .describe("from texts to ids, as the model was trained");
export type ImportedInputConfig = z.infer<typeof importedInputConfig>;

const importedOutputConfig = z
  .strictObject({
    labels: z
      .array(z.string())
      .min(2)
      .refine((labels) => new Set(labels).size === labels.length, "expected labels that differ")
      .describe("names of the classes, in the order of the model's outputs; one output is the second of two"),
    scores: z
      .enum(["probabilities", "logits"])
      .default("probabilities")
      .describe("what the model gives: probabilities, or scores before a softmax or sigmoid"),
  })
  .describe("from outputs to labels");

const sourceConfig = z
  .strictObject({ file: z.string(), framework: z.string() })
  .optional()
  .describe("the file that the model was made of, and what wrote it");

/** The sections of an imported classifier. */
export const importedConfig = z.strictObject({
  input: importedInputConfig.prefault({}),
  output: importedOutputConfig,
  metrics: classifyConfig.shape.metrics,
  source: sourceConfig,
});
export type ImportedConfig = z.infer<typeof importedConfig>;

/** The sections of an imported forecaster. */
export const importedSeriesConfig = z.strictObject({ source: sourceConfig });
export type ImportedSeriesConfig = z.infer<typeof importedSeriesConfig>;
