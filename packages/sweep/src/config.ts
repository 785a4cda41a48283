/** The section `sweep` of a config file as a zod schema: an entry of its own, the only one that loads zod. */
import { z } from "zod";
import { POINT_METHODS } from "./create-search.ts";
import { faultOf, type Range } from "./space.ts";

const MAX_POINTS = 10_000;

const range = z
  .strictObject({
    min: z.number().describe("smallest value"),
    max: z.number().describe("largest value"),
    scale: z
      .enum(["linear", "log"])
      .default("linear")
      .describe("log: each factor is as likely as any other, as learning rates need it"),
    integer: z.boolean().default(false).describe("whole numbers only"),
    count: z
      .int()
      .min(2)
      .max(1000)
      .optional()
      .describe("values that a grid takes, ends included. Default for whole numbers: all; for others a grid needs it"),
  })
  .superRefine((value, context) => {
    const fault = faultOf(value as Range);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });

const choices = z.array(z.unknown()).min(1).max(1000);

const parameters = z
  .record(
    z
      .string()
      .regex(/^(?!__proto__)[^.\s]+(\.[^.\s]+)*$/, "must be a key of the config, such as model.encoder.hiddenSize"),
    z.union([choices, range], {
      error: "must be a list of choices, or a range such as { min: 1e-4, max: 1e-2, scale: log }",
    }),
  )
  .refine((value) => Object.keys(value).length > 0, "must name a key of the config to vary")
  .describe("what is varied: key path to a list of choices, or to a range { min, max, scale, integer, count }");

const common = {
  parameters,
  seed: z.int().min(0).default(0).describe("seed of the points that are drawn"),
  seeds: z
    .array(z.int().min(0))
    .min(1)
    .max(100)
    .refine((seeds) => new Set(seeds).size === seeds.length, "must be different seeds")
    .optional()
    .describe("trains each point once with each of these seeds, and scores it by the mean. Default: the config's seed"),
  metric: z
    .string()
    .optional()
    .describe("dev metric that points are compared by. Default: the one that chooses the task's best weights"),
  maxMinutes: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe(
      "no further run is begun once so many minutes of a call have passed; --resume goes on. Default: no limit",
    ),
};

const points = z.int().min(1).max(MAX_POINTS);

/** The schemas of all methods, each with further keys of the caller's. */
function methodSchemas<Extra extends z.ZodRawShape>(extra: Extra) {
  return [
    z.strictObject({
      method: z.literal("grid").describe("every combination of the choices"),
      ...common,
      ...extra,
    }),
    z.strictObject({
      method: z.literal("random").describe("independent random points"),
      points: points.describe("how many points"),
      ...common,
      ...extra,
    }),
    z.strictObject({
      method: z.literal("latin-hypercube").describe("random points whose values spread evenly along each parameter"),
      points: points.describe("how many points"),
      ...common,
      ...extra,
    }),
    z.strictObject({
      method: z
        .literal("successive-halving")
        .describe("all points train a little, the best part of them trains on, and so forth"),
      sampler: z.enum(POINT_METHODS).default("random").describe("how the points are made"),
      points: points.optional().describe("how many points; a grid has its own number"),
      minEpochs: z.int().min(1).default(1).describe("epochs after which the first points are given up"),
      reduction: z
        .number()
        .min(2)
        .max(100)
        .default(2)
        .describe("one of so many points goes on, for so many times the epochs"),
      ...common,
      ...extra,
    }),
    z.strictObject({
      method: z
        .literal("hyperband")
        .describe("brackets of successive halving, from one that gives up early to one that trains all to the end"),
      sampler: z.enum(["random", "latin-hypercube"]).default("random").describe("how the points are made"),
      minEpochs: z.int().min(1).default(1).describe("fewest epochs after which points are given up"),
      reduction: z
        .number()
        .min(2)
        .max(100)
        .default(3)
        .describe("one of so many points goes on, for so many times the epochs"),
      rounds: z.int().min(1).max(1000).default(1).describe("how often all brackets are tried, with new points each"),
      ...common,
      ...extra,
    }),
    z.strictObject({
      method: z
        .literal("bayesian")
        .describe("points drawn where good ones were found (tree-structured Parzen estimator)"),
      points: points.describe("how many points in all"),
      startPoints: points.default(8).describe("points of a Latin hypercube that it begins with"),
      batchSize: z
        .int()
        .min(1)
        .max(1000)
        .default(4)
        .describe("points that are proposed together; more can train at once"),
      ...common,
      ...extra,
    }),
  ] as const;
}

/** The schema of the section, with further keys such as those of whoever runs the points. */
export function sweepSchema<Extra extends z.ZodRawShape>(extra: Extra) {
  return z
    .discriminatedUnion("method", methodSchemas(extra))
    .describe("a search over values of this config, which `cellstate sweep` makes; training takes no notice of it");
}

/** The schema of the section by itself. */
export const sweepConfig = sweepSchema({});
export type SweepConfig = z.infer<typeof sweepConfig>;
