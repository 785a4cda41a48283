/** What the schemas of all stages share: a stage is an object with a `type`, named as in tokenizer.json, and options in camelCase. */
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
  .union([z.string(), z.strictObject({ regex: regex.describe("a regular expression of Oniguruma") })])
  .describe("the text itself, or { regex: ... }");
export type PatternConfig = z.output<typeof patternConfig>;

/** One stage, or several one after the other. */
export function oneOrMore<Stage extends z.ZodType>(stage: Stage) {
  return z.union([stage, z.array(stage)]);
}

export const byteLevelOptions = {
  addPrefixSpace: flag(true, "put a space before a text that does not start with one"),
  trimOffsets: flag(true, "leave white space out of the offsets; of the post-processor only"),
  useRegex: flag(true, "cut by the pattern of GPT-2; of the pre-tokenizer only"),
};

export const metaspaceOptions = {
  replacement: character.default("▁").describe("stands for a space"),
  prependScheme: z
    .enum(["always", "first", "never"])
    .default("always")
    .describe("when a text that does not start with a space gets one: always, at the start of the original, never"),
  split: flag(true, "cut before each replaced space"),
};
