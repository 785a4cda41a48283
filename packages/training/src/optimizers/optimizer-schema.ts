/** The zod schema of an optimizer with its groups of parameters. Only `config.ts` loads this file. */
import { z } from "zod";
import { missableSchemas, optionSchemas } from "../option-schema.ts";
import type { Choice } from "../options.ts";
import { patternSchema } from "../regularization-schema.ts";
import { type OptimizerConfig, type OptimizerOptions, optimizers } from "./optimizers.ts";
import { GROUPS_AND_DEPTH, groupConflict, groupOptions } from "./parameter-groups.ts";

const byDepthSchema = z
  .strictObject({
    layers: z.array(patternSchema).min(2).describe("patterns of parameter names: the layer nearest to the loss first"),
    factor: z
      .number()
      .positive()
      .default(2.6)
      .describe("each layer's learning rate is that of the one before it divided by this"),
    gradualUnfreezing: z
      .boolean()
      .default(false)
      .describe("whether the second layer is frozen in the first epoch, the third in the first two, and so on"),
  })
  .describe(
    "groups from the layer nearest to the loss down, for fine-tuning (ULMFiT, Howard & Ruder 2018). Default: none",
  );

function objectSchema(choice: Choice) {
  const kind = z.literal(choice.kind).describe(choice.description);
  return z
    .strictObject({
      kind,
      ...optionSchemas(choice.options),
      groups: z
        .array(groupSchema(choice))
        .min(1)
        .optional()
        .describe(
          "parameters with options of their own: the first group whose pattern fits a name has it. Default: none",
        ),
      byDepth: byDepthSchema.optional(),
    })
    .superRefine(({ kind: _, groups, byDepth, ...values }, context) => {
      const report = (path: (string | number)[], message: string) =>
        context.addIssue({ code: "custom", path, message });
      const conflict = choice.conflict?.(values as never);
      if (conflict) report([conflict.option], conflict.message);
      if (groups !== undefined && byDepth !== undefined) report(["byDepth"], GROUPS_AND_DEPTH);
      for (const [index, group] of (groups ?? []).entries()) {
        const fault = groupConflict(group) ?? choice.conflict?.({ ...values, ...group } as never);
        if (fault && fault.option !== conflict?.option) report(["groups", index, fault.option], fault.message);
      }
    });
}

function groupSchema({ options }: Choice) {
  return z.strictObject({ pattern: patternSchema, ...missableSchemas({ ...groupOptions, ...options }) });
}

const [first, ...others] = optimizers;

/** @param own  optimizers besides those that come along */
export function optimizerSchema(own: readonly Choice[]): z.ZodType<OptimizerConfig, OptimizerOptions | undefined> {
  const schema = z
    .discriminatedUnion("kind", [objectSchema(first), ...[...others, ...own].map(objectSchema)])
    .prefault({ kind: first.kind })
    .describe("how gradients change the weights");
  // The types of the options are those of `optimizers`, which zod cannot see in schemas made one by one.
  return schema as unknown as ReturnType<typeof optimizerSchema>;
}
