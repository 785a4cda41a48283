/** The `generator` section of a card: which generator, its options, and how many records each split gets. */
import { z } from "zod";
import { datesOptions } from "./dates/options.ts";

const sizes = z.strictObject({ train: z.int().min(1), dev: z.int().min(1), test: z.int().min(1) });

export const generatorConfig = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("dates"), options: datesOptions.prefault({}), sizes }),
]);
export type GeneratorConfig = z.infer<typeof generatorConfig>;
