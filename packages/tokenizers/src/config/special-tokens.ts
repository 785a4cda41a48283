/** The names of special tokens, and the added tokens, which are matched in a text before the pipeline sees it. */
import { z } from "zod";
import { SPECIAL_ROLES, SPECIAL_TOKENS, type SpecialRole } from "../added-tokens/special-tokens.ts";
import { flag } from "./stage.ts";

const tokenText = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed(), "must not hold half of a surrogate pair");

function named(role: SpecialRole) {
  return tokenText.default(SPECIAL_TOKENS[role]);
}

/** For a tokenizer that is trained. */
export const specialTokensConfig = z
  .strictObject({ pad: named("pad"), unk: named("unk"), bos: named("bos"), eos: named("eos") })
  .refine((names) => new Set(Object.values(names)).size === SPECIAL_ROLES.length, "must be four different tokens")
  .prefault({})
  .describe("how the special tokens are written; a task uses those that it needs");

const tokenName = tokenText.optional();

/** For a tokenizer from a file. */
export const fileSpecialTokensConfig = z
  .strictObject({ pad: tokenName, unk: tokenName, bos: tokenName, eos: tokenName })
  .prefault({})
  .describe(
    "the tokens for padding, unknown text, begin and end; those that the file lacks are added. Default: well-known names such as [PAD]",
  );

const addedTokenConfig = z.strictObject({
  content: tokenText.describe("the token"),
  special: flag(false, "leave it out of decoded text, and do not match it in the texts of an experiment"),
  singleWord: flag(false, "match only where no letter or digit is next to it"),
  lstrip: flag(false, "match the white space before it too"),
  rstrip: flag(false, "match the white space after it too"),
  normalized: z.boolean().optional().describe("match in the normalized text. Default: true unless `special`"),
});

export const addedTokensConfig = z
  .array(z.union([tokenText, addedTokenConfig]))
  .default([])
  .describe("tokens that are matched in a text before it is cut; those that the vocabulary lacks get the ids after it");
