/** Options of the `dates` generator. */
import { z } from "zod";

const year = z.int().min(1900).max(2099);

/** Options of the `dates` generator. */
export const datesOptions = z
  .strictObject({
    languages: z
      .array(z.enum(["en", "de", "zh"]))
      .min(1)
      .default(["en", "de", "zh"])
      .describe("languages of the dates"),
    fromYear: year.default(1900).describe("first year, 1900 at the earliest"),
    toYear: year.default(2099).describe("last year, 2099 at the latest"),
  })
  .refine((options) => options.fromYear <= options.toYear, { path: ["toYear"], error: "lies before fromYear" });
export type DatesOptions = z.infer<typeof datesOptions>;
