/** Zod schemas made from options. Only `config.ts` loads this file, so that the main entry needs no zod. */
import { z } from "zod";
import type { Choice, ConfigOf, GivenOf, Option, Options } from "./options.ts";

/** The schema of a choice by `kind`. */
export function choiceSchema<Choices extends readonly [Choice, ...Choice[]]>(
  choices: Choices,
): z.ZodType<ConfigOf<Choices[number]>, GivenOf<Choices[number]>> {
  const [first, ...others] = choices;
  // The types of the options are those of `choices`, which zod cannot see in schemas made one by one.
  return z.discriminatedUnion("kind", [objectSchema(first), ...others.map(objectSchema)]) as unknown as ReturnType<
    typeof choiceSchema<Choices>
  >;
}

function objectSchema(choice: Choice) {
  const kind = z.literal(choice.kind).describe(choice.description);
  return z.strictObject({ kind, ...optionSchemas(choice.options) }).superRefine(({ kind: _, ...values }, context) => {
    const conflict = choice.conflict?.(values);
    if (conflict) context.addIssue({ code: "custom", path: [conflict.option], message: conflict.message });
  });
}

/** A schema for each option, with its default. */
export function optionSchemas(options: Options): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      (valueSchema(option) as z.ZodType).default(option.default).describe(option.description),
    ]),
  );
}

/** A schema for each option, which may be missing. */
export function missableSchemas(options: Options): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      valueSchema(option).optional().describe(option.description),
    ]),
  );
}

function valueSchema(option: Option) {
  if (option.type === "flag") return z.boolean();
  if (option.type === "numbers") return z.array(z.number().gt(option.above)).min(1);
  let schema: z.ZodNumber = option.type === "integer" ? z.int() : z.number();
  if (option.min !== undefined) schema = schema.min(option.min);
  if (option.above !== undefined) schema = schema.gt(option.above);
  if (option.max !== undefined) schema = schema.max(option.max);
  if (option.below !== undefined) schema = schema.lt(option.below);
  return schema;
}
