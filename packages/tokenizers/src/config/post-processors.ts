/** The post-processors that an experiment can name; tokens are named without their ids, which training decides. */
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
      single: template(["A"]).describe("such as `<s> $A </s>`; `:1` behind a word gives it the type 1"),
      pair: template(["A", "B"]).default("$A $B:1").describe("such as `[CLS] $A [SEP] $B:1 [SEP]:1`"),
    })
    .describe("puts special tokens around texts"),
  z
    .strictObject({ type: z.literal("BertProcessing"), sep: token, cls: token })
    .describe("cls, the text, sep; in pairs the second text and sep"),
  z
    .strictObject({
      type: z.literal("RobertaProcessing"),
      sep: token,
      cls: token,
      trimOffsets: flag(true, "leave white space out of the offsets"),
      addPrefixSpace: flag(true, "whether the pre-tokenizer put a space before the text"),
    })
    .describe("cls, the text, sep; in pairs sep, the second text, sep"),
  z
    .strictObject({ type: z.literal("ByteLevel"), ...byteLevelOptions })
    .describe("leaves white space out of the offsets of byte-level tokens"),
]);
/** As a user writes it. */
export type PostProcessorStage = z.input<typeof postProcessorStage>;

export const postProcessorConfig = oneOrMore(postProcessorStage);
