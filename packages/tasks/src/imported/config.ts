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

const port = z.string().min(1);

/** The sections of a classifier in an ONNX file. */
export const importedOnnxConfig = importedConfig.extend({
  ports: z
    .strictObject({
      ids: port.describe("the input of ids, [batch, time]"),
      lengths: port.optional().describe("the input of the tokens of each row, [batch]; default: none"),
      mask: port.optional().describe("the input that is 1 on tokens and 0 elsewhere, [batch, time]; default: none"),
      output: port.describe("the output of one score for each class"),
    })
    .describe("names of inputs and outputs"),
});
export type ImportedOnnxConfig = z.infer<typeof importedOnnxConfig>;

/** The sections of an imported forecaster. */
export const importedSeriesConfig = z.strictObject({ source: sourceConfig });
export type ImportedSeriesConfig = z.infer<typeof importedSeriesConfig>;
