/** What special tokens are called, and tokens that are recognised in a text before the pipeline sees it. */
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
  .describe("how the special tokens are written, of which a task takes those that it needs");

const tokenName = tokenText.optional();

/** For a tokenizer from a file. */
export const fileSpecialTokensConfig = z
  .strictObject({ pad: tokenName, unk: tokenName, bos: tokenName, eos: tokenName })
  .prefault({})
  .describe("which tokens pad, stand for the unknown, begin and end; those that the file lacks are added");

const addedTokenConfig = z.strictObject({
  content: tokenText.describe("the token"),
  special: flag(false, "left out of decoded text, and not recognised in the texts of an experiment"),
  singleWord: flag(false, "recognised only where no letter or digit touches it"),
  lstrip: flag(false, "takes the white space before it along"),
  rstrip: flag(false, "takes the white space after it along"),
  normalized: z.boolean().optional().describe("looked for in the normalized text; unless it is special, if missing"),
});

export const addedTokensConfig = z
  .array(z.union([tokenText, addedTokenConfig]))
  .default([])
  .describe("tokens recognised as they stand, with ids behind the vocabulary where it lacks them");
