/** Zod schemas made from options. Only `config.ts` loads this file, so that the main entry needs no zod. */
import { z } from "zod";
import type { Choice, ConfigOf, GivenOf, Option } from "./options.ts";

/** The schema of a choice by `kind`; a section that is left out is the choice `byDefault` with its defaults. */
export function choiceSchema<Choices extends readonly [Choice, ...Choice[]]>(
  choices: Choices,
  byDefault: Choices[number]["kind"],
): z.ZodType<ConfigOf<Choices[number]>, GivenOf<Choices[number]> | undefined> {
  const [first, ...others] = choices;
  const union = z.discriminatedUnion("kind", [objectSchema(first), ...others.map(objectSchema)]);
  // The types of the options are those of `choices`, which zod cannot see in schemas made one by one.
  return union.prefault({ kind: byDefault }) as unknown as ReturnType<typeof choiceSchema<Choices>>;
}

function objectSchema(choice: Choice) {
  const options = Object.entries(choice.options).map(([name, option]) => [name, optionSchema(option)] as const);
  const kind = z.literal(choice.kind).describe(choice.description);
  return z.strictObject({ kind, ...Object.fromEntries(options) }).superRefine(({ kind: _, ...values }, context) => {
    const conflict = choice.conflict?.(values);
    if (conflict) context.addIssue({ code: "custom", path: [conflict.option], message: conflict.message });
  });
}

function optionSchema(option: Option) {
  if (option.type === "flag") return z.boolean().default(option.default).describe(option.description);
  if (option.type === "numbers") {
    const each = z.number().gt(option.above);
    return z
      .array(each)
      .min(1)
      .default([...option.default])
      .describe(option.description);
  }
  let schema: z.ZodNumber = option.type === "integer" ? z.int() : z.number();
  if (option.min !== undefined) schema = schema.min(option.min);
  if (option.above !== undefined) schema = schema.gt(option.above);
  if (option.max !== undefined) schema = schema.max(option.max);
  if (option.below !== undefined) schema = schema.lt(option.below);
  return schema.default(option.default).describe(option.description);
}
