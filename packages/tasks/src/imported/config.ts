/** The sections of models that were taken over from another framework. */
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
    addSpecialTokens: z
      .boolean()
      .default(false)
      .describe("whether the tokenizer puts its special tokens around a text, such as [CLS] and [SEP]"),
  })
  .describe("from texts to ids, as the model was trained");
export type ImportedInputConfig = z.infer<typeof importedInputConfig>;

const names = z.array(z.string()).refine((all) => new Set(all).size === all.length, "expected names that differ");
const scores = z
  .enum(["probabilities", "logits"])
  .default("probabilities")
  .describe("what the model gives: probabilities, or scores before a softmax or sigmoid");

/** A column of the data, which no output may be called like. */
export const IMPORTED_TEXT = "text";
const columns = names
  .min(1)
  .refine(
    (all) => !all.includes(IMPORTED_TEXT),
    `expected other names than ${IMPORTED_TEXT}, which is the column of the texts`,
  );

const importedOutputConfig = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("classes").default("classes").describe("of several classes a text has one"),
        labels: names.min(2).describe("the classes, in the order of the outputs; one output is the second of two"),
        scores,
      })
      .describe("of several classes a text has one"),
    z
      .strictObject({
        kind: z.literal("labels").describe("a text has any number of labels"),
        labels: columns.describe("the labels, in the order of the outputs; data have a column of 0 and 1 for each"),
        scores,
      })
      .describe("a text has any number of labels"),
    z
      .strictObject({
        kind: z.literal("numbers").describe("a text has numbers"),
        labels: columns.describe("names of the numbers, in the order of the outputs; data have a column for each"),
      })
      .describe("a text has numbers"),
  ])
  .describe("from outputs to answers");
/** What the outputs of an imported network of texts are. */
export type ImportedOutputConfig = z.infer<typeof importedOutputConfig>;

/** Whether a network of so many outputs gives such answers. */
export function fitsOutput(outputs: number | null | undefined, { kind, labels }: ImportedOutputConfig): boolean {
  return outputs === labels.length || (kind === "classes" && outputs === 1 && labels.length === 2);
}

const sourceConfig = z
  .strictObject({ file: z.string(), framework: z.string() })
  .optional()
  .describe("the file that the model was made of, and what wrote it");

/** The sections of an imported network of texts: a classifier, or one that gives labels or numbers. */
export const importedConfig = z.strictObject({
  input: importedInputConfig.prefault({}),
  output: importedOutputConfig,
  metrics: classifyConfig.shape.metrics,
  source: sourceConfig,
});
export type ImportedConfig = z.infer<typeof importedConfig>;

const port = z.string().min(1);

/** The sections of a network of texts in an ONNX file. */
export const importedOnnxConfig = importedConfig.extend({
  ports: z
    .strictObject({
      ids: port.describe("the input of ids, [batch, time]"),
      lengths: port.optional().describe("the input of the tokens of each row, [batch]; default: none"),
      mask: port.optional().describe("the input that is 1 on tokens and 0 elsewhere, [batch, time]; default: none"),
      output: port.describe("the output: one number for each label"),
    })
    .describe("names of inputs and outputs"),
});
export type ImportedOnnxConfig = z.infer<typeof importedOnnxConfig>;

/** The sections of an imported forecaster. */
export const importedSeriesConfig = z.strictObject({ source: sourceConfig });
export type ImportedSeriesConfig = z.infer<typeof importedSeriesConfig>;
