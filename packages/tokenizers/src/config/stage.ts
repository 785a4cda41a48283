/**
 * Parts of the schemas of all stages. A stage is an object with the `type` that it has in tokenizer.json and options in
 * camelCase.
 */
import { z } from "zod";
import { PatternSearch } from "../patterns/pattern.ts";
import { ANY_GRAPHEME } from "../pre-tokenizers/split.ts";

export function flag(byDefault: boolean, description: string) {
  return z.boolean().default(byDefault).describe(description);
}

/** A stage without options. */
export function plainStage<const Type extends string>(type: Type, description: string) {
  return z.strictObject({ type: z.literal(type) }).describe(description);
}

/** One code point. */
export const character = z
  .string()
  .refine((text) => [...text].length === 1, "must be one character")
  .refine((text) => text.isWellFormed(), "must not be half of a surrogate pair");

const regex = z.string().superRefine((source, context) => {
  try {
    if (source !== ANY_GRAPHEME) new PatternSearch("config", { Regex: source });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: "custom", message: `must be a regular expression that can be translated (${reason})` });
  }
});

/** What a stage searches for. */
export const patternConfig = z
  .union([z.string(), z.strictObject({ regex: regex.describe("a regular expression in the syntax of Oniguruma") })])
  .describe("a literal text, or { regex: ... }");
export type PatternConfig = z.output<typeof patternConfig>;

/** One stage, or several one after the other. */
export function oneOrMore<Stage extends z.ZodType>(stage: Stage) {
  return z.union([stage, z.array(stage)]);
}

export const byteLevelOptions = {
  addPrefixSpace: flag(true, "add a space before a text that does not start with one"),
  trimOffsets: flag(true, "leave white space out of the offsets; only the post-processor uses it"),
  useRegex: flag(true, "cut by the pattern of GPT-2; only the pre-tokenizer uses it"),
};

export const metaspaceOptions = {
  replacement: character.default("▁").describe("the character that stands for a space"),
  prependScheme: z
    .enum(["always", "first", "never"])
    .default("always")
    .describe(
      "which texts get a space in front if they have none. always: each, also one behind an added token; first: only the start of the whole text; never: none",
    ),
  split: flag(true, "cut before each space"),
};
