/** The post-processors that an experiment can name; tokens are given without their ids, which training decides. */
import { z } from "zod";
import { parseTemplate } from "../post-processors/template-text.ts";
import { byteLevelOptions, flag, oneOrMore } from "./stage.ts";

const token = z.string().min(1);

function template(texts: readonly string[]) {
  return z.string().refine(
    (text) => {
      const found = parseTemplate(text).flatMap((piece) => (piece.kind === "sequence" ? [piece.id] : []));
      return texts.length === found.length && texts.every((id) => found.some((other) => other === id));
    },
    `must hold ${texts.map((id) => `$${id}`).join(" and ")} once, among special tokens that spaces set apart`,
  );
}

/** @internal One stage. */
export const postProcessorStage = z.discriminatedUnion("type", [
  z
    .strictObject({
      type: z.literal("TemplateProcessing"),
      single: template(["A"]).describe(
        "template of one text, such as `<s> $A </s>`; `:1` after a word gives it the type id 1",
      ),
      pair: template(["A", "B"])
        .default("$A $B:1")
        .describe("template of two texts, such as `[CLS] $A [SEP] $B:1 [SEP]:1`"),
    })
    .describe("adds special tokens around texts"),
  z
    .strictObject({ type: z.literal("BertProcessing"), sep: token, cls: token })
    .describe("cls, text, sep; of a pair: cls, text, sep, second text, sep"),
  z
    .strictObject({
      type: z.literal("RobertaProcessing"),
      sep: token,
      cls: token,
      trimOffsets: flag(true, "leave white space out of the offsets"),
      addPrefixSpace: flag(true, "true if the pre-tokenizer adds a space before the text"),
    })
    .describe("cls, text, sep; of a pair: cls, text, sep, sep, second text, sep"),
  z
    .strictObject({ type: z.literal("ByteLevel"), ...byteLevelOptions })
    .describe("leaves white space out of the offsets of byte-level tokens"),
]);
/** As a user writes it. */
export type PostProcessorStage = z.input<typeof postProcessorStage>;

type PostProcessorStages = ReturnType<typeof oneOrMore<typeof postProcessorStage>>;
/** Named, so that declarations of schemas that have such a key do not repeat all stages. */
export interface PostProcessorSchema extends PostProcessorStages {}

export const postProcessorConfig: PostProcessorSchema = oneOrMore(postProcessorStage);
