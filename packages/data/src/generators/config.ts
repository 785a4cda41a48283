/** The `generator` section of a card: which generator, its options, and how many records each split gets. */
import { z } from "zod";
import { arithmeticOptions } from "./arithmetic/options.ts";
import { datesOptions } from "./dates/options.ts";

/** Records of a split, all of which lie in memory. */
const count = z.int().min(1).max(1_000_000);
const sizes = z.strictObject({ train: count, dev: count, test: count });

export const generatorConfig = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("arithmetic"),
    options: arithmeticOptions.prefault({}),
    sizes: sizes.extend({ longer: count }),
  }),
  z.strictObject({ name: z.literal("dates"), options: datesOptions.prefault({}), sizes }),
]);
export type GeneratorConfig = z.infer<typeof generatorConfig>;
