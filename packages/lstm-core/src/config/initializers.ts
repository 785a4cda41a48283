/** The first values of weights, as configs describe them. */
import { z } from "zod";
import {
  type InitializerSection,
  type PlainInitializerName,
  plainInitializerNames,
} from "../initializers/initializers.ts";

/** What a config may say of one; what is left out has its default. */
export type InitializerInput =
  | PlainInitializerName
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "uniform"; readonly low?: number | undefined; readonly high?: number | undefined }
  | {
      readonly kind: "normal" | "truncatedNormal";
      readonly mean?: number | undefined;
      readonly deviation?: number | undefined;
    };

/** First values by weight. A name of its own keeps declarations of all sections that hold it short. */
export type InitializersSchema<Name extends string> = z.ZodOptional<
  z.ZodType<{ [name in Name]?: InitializerSection | undefined }, { [name in Name]?: InitializerInput | undefined }>
>;

const mean = z.number().default(0).describe("mean of the draws");
const deviation = z.number().min(0).default(0.05).describe("standard deviation of the draws");

const initializerConfig: z.ZodType<InitializerSection, InitializerInput> = z.union([
  z.enum(plainInitializerNames),
  z.discriminatedUnion("kind", [
    z
      .strictObject({ kind: z.literal("constant"), value: z.number().describe("what each element begins with") })
      .describe("one value"),
    z
      .strictObject({
        kind: z.literal("uniform"),
        low: z.number().default(-0.05).describe("least draw"),
        high: z.number().default(0.05).describe("what draws stay below"),
      })
      .refine(({ low, high }) => low < high, { path: ["low"], message: "must be below high" })
      .describe("uniform draws"),
    z.strictObject({ kind: z.literal("normal"), mean, deviation }).describe("normal draws"),
    z
      .strictObject({ kind: z.literal("truncatedNormal"), mean, deviation })
      .describe("normal draws, none further than two deviations from the mean"),
  ]),
]);

/**
 * First values by weight, for layers whose weights have those names.
 *
 * @param names  in camelCase, such as `weightHh`
 */
export function initializersConfig<const Name extends string>(names: readonly Name[]): InitializersSchema<Name> {
  const shape = Object.fromEntries(names.map((name) => [name, initializerConfig.optional()])) as Record<
    Name,
    z.ZodOptional<typeof initializerConfig>
  >;
  const schema: unknown = z
    .strictObject(shape)
    .optional()
    .describe(
      "first values by weight, of every layer and direction, such as { weightHh: orthogonal, biasIh: zeros }; matrices with a block of rows for each gate are filled block by block. Default: Glorot uniform for inputs, orthogonal for hidden states, biases 0 but for forget gates",
    );
  // Types do not see through a shape over names that are not known yet.
  return schema as InitializersSchema<Name>;
}
