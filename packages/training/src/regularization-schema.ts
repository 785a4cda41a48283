/** The zod schemas of penalties and constraints. Only `config.ts` loads this file. */
import { z } from "zod";

/** A pattern of parameter names. */
export const patternSchema = z
  .string()
  .min(1)
  .describe("parameter names: `*` stands for any letters, `?` for one, as in `encoder.*`");

const factor = z.number().min(0);

export const penaltiesSchema = z
  .array(
    z
      .strictObject({
        pattern: patternSchema,
        l1: factor.optional().describe("factor of the sum of magnitudes. Default 0"),
        l2: factor.optional().describe("factor of the sum of squares, as Keras's L2. Default 0"),
      })
      .refine(({ l1 = 0, l2 = 0 }) => l1 > 0 || l2 > 0, "needs l1 or l2 above 0"),
  )
  .min(1)
  .describe("what large weights cost: joins the loss of each step, not the one that is reported. Default: nothing");

const axis = z
  .union([z.int(), z.array(z.int()).min(1)])
  .optional()
  .describe("axes that a vector lies along; negative ones count from the back. Default -1: what one unit reads");
const length = z.number().min(0);
const kind = <Kind extends string>(name: Kind, description: string) => z.literal(name).describe(description);

export const constraintsSchema = z
  .array(
    z
      .discriminatedUnion("kind", [
        z.strictObject({
          kind: kind("maxNorm", "vectors that are longer are shortened to maxValue"),
          pattern: patternSchema,
          maxValue: length.optional().describe("largest length. Default 2"),
          axis,
        }),
        z.strictObject({ kind: kind("unitNorm", "vectors get the length 1"), pattern: patternSchema, axis }),
        z.strictObject({ kind: kind("nonNegative", "negative weights become 0"), pattern: patternSchema }),
        z.strictObject({
          kind: kind("minMaxNorm", "lengths are moved into [minValue, maxValue]"),
          pattern: patternSchema,
          minValue: length.optional().describe("smallest length. Default 0"),
          maxValue: length.optional().describe("largest length. Default 1"),
          rate: z.number().gt(0).max(1).optional().describe("share of the way that lengths are moved. Default 1"),
          axis,
        }),
      ])
      .refine(
        (rule) => rule.kind !== "minMaxNorm" || (rule.minValue ?? 0) <= (rule.maxValue ?? 1),
        "needs minValue <= maxValue",
      ),
  )
  .min(1)
  .describe("limits that weights are moved back into after each step, with Keras's names. Default: none");
