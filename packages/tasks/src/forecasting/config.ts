/** The sections of a forecasting experiment, and the only place of their defaults. */
import { dropoutRate, recurrentConfig } from "@cellstate/lstm-core/config";
import { z } from "zod";
import { calendarNames } from "./calendar.ts";
import { FORECAST_METRICS } from "./metric-infos.ts";

/** The name of the task. */
export const FORECASTING = "forecasting";

const columnNames = z.array(z.string().min(1)).default([]);

const scalingConfig = z
  .strictObject({
    kind: z
      .enum(["standard", "robust", "none"])
      .default("standard")
      .describe(
        "standard: by mean and standard deviation; robust: by median and quartiles, which outliers hardly move. Of the train split alone",
      ),
    by: z.enum(["series", "all"]).default("series").describe("whether each series has a scale of its own"),
  })
  .describe("how numbers are brought to a common size");

/** What is read, and how windows are cut of it. */
const seriesConfig = z
  .strictObject({
    context: z.int().min(1).max(100_000).describe("steps that the model looks back on"),
    horizon: z.int().min(1).max(100_000).describe("steps that it forecasts"),
    stride: z.int().min(1).default(1).describe("steps between the starts of training windows"),
    evaluationStride: z
      .int()
      .min(1)
      .default(1)
      .describe("steps between the origins from which the other splits are forecast (a rolling origin)"),
    season: z
      .int()
      .min(1)
      .default(1)
      .describe("steps of a season, such as 24 for hours with a daily one; baselines and MASE use it. 1: none"),
    frequency: z
      .union([z.literal(["auto", "rows"]), z.string().regex(/^[1-9]\d*(s|min|h|d|w|mo)$/)], {
        error: "expected auto, rows, or a number with s, min, h, d, w or mo, such as 15min or 1d",
      })
      .default("auto")
      .describe(
        "time between two steps, such as 15min, 1h, 1d or 1mo; steps without a row are missing ones. auto: the commonest distance of train; rows: each row is a step, whatever its time",
      ),
    targets: columnNames.describe(
      "further columns that are forecast together with the target; scores are means over all of them",
    ),
    covariates: columnNames.describe("columns with numbers that are known up to now, such as a temperature"),
    knownAhead: columnNames.describe("columns with numbers that are known for the time to come, too, such as holidays"),
    categories: columnNames.describe("columns with a name that stays the same within a series, such as a region"),
    calendar: z
      .array(z.enum(calendarNames))
      .default([])
      .describe("what of the time the model is told, as points on a circle; times without a zone count as UTC"),
    repeats: z
      .enum(["refuse", "first", "last", "mean"])
      .default("refuse")
      .describe("what becomes of rows of one series with the same time"),
    missing: z
      .enum(["forwardFill", "interpolate", "mask"])
      .default("forwardFill")
      .describe(
        "what the model reads where a number is missing: the one before; a line between its neighbours, as far as they were known by then; or the one before with a mark. Missing targets are neither trained on nor scored",
      ),
    decimal: z.enum([".", ","]).default(".").describe("what stands before the decimals"),
    scaling: scalingConfig.prefault({}),
  })
  .refine((series) => isDistinct(rolesOf(series)), {
    path: ["covariates"],
    message: "a column is named twice among targets, covariates, knownAhead and categories; remove one",
  })
  .refine((series) => !rolesOf(series).some((name) => RESERVED.includes(name)), {
    path: ["covariates"],
    message: "time, target and series are roles of their own (data.columns); name other columns",
  })
  .describe("what is read of the series");

/** The roles that every forecaster has. */
const RESERVED: readonly string[] = ["time", "target", "series"];

function rolesOf(series: Readonly<Record<"targets" | "covariates" | "knownAhead" | "categories", readonly string[]>>) {
  return [...series.targets, ...series.covariates, ...series.knownAhead, ...series.categories];
}

function isDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function isBackward(encoder: object): boolean {
  return "readingOrder" in encoder && encoder.readingOrder !== undefined && encoder.readingOrder !== "forward";
}

const modelConfig = z
  .strictObject({
    encoder: recurrentConfig,
    decoder: z
      .enum(["direct", "recursive", "seq2seq"])
      .default("direct")
      .describe(
        "how steps to come are made. direct: all at once, by a linear layer; recursive: the same recurrent layers read their own forecast of a step before they give the next; seq2seq: other recurrent layers do, beginning from the state of the encoder (Sutskever et al. 2014). In training both read true numbers; covariates, which are not known ahead, stand at their mean",
      ),
    dropout: dropoutRate.default(0).describe("share of the last state dropped in training"),
    normalize: z
      .enum(["none", "last", "window"])
      .default("window")
      .describe(
        "what the model reads and gives. last: differences to the last known number, so that it starts from persistence (Zeng et al. 2023); window: these over the deviation of the context, so that intervals widen and narrow with it (Kim et al. 2022); none: scaled numbers as they are",
      ),
    linear: z
      .boolean()
      .default(true)
      .describe(
        "whether a linear layer over the context of each target adds to the recurrent one (Lai et al. 2018); all targets share it",
      ),
    start: z
      .enum(["regression", "random"])
      .default("regression")
      .describe(
        "what training begins with. regression: the linear layer has the weights of a ridge regression on train, quantiles or deviations are those of its errors, and the recurrent layers add nothing yet; random: small numbers. Without a linear layer it is always random",
      ),
  })
  .superRefine(({ encoder, decoder }, context) => {
    if (decoder === "direct") return;
    const isForward = !("bidirectional" in encoder && encoder.bidirectional) && !isBackward(encoder);
    if (isForward) return;
    context.addIssue({
      code: "custom",
      path: ["decoder"],
      message: `${decoder} goes on in time where the encoder ends, and needs bidirectional: false and readingOrder: forward`,
    });
  })
  .describe("recurrent layers over the context, and what makes the steps to come of their state");
export type ForecasterConfig = z.infer<typeof modelConfig>;

const level = z.number().gt(0).lt(1);

const lossConfig = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("squared").describe("squared error: the mean is forecast") }),
    z.strictObject({ kind: z.literal("absolute").describe("absolute error: the median is forecast") }),
    z.strictObject({
      kind: z.literal("huber").describe("squared error of small errors, absolute error of large ones"),
      delta: z.number().positive().default(1).describe("where small ends, in deviations of the scaled numbers"),
    }),
    z.strictObject({
      kind: z.literal("quantile").describe("pinball loss: quantiles, and with them intervals (Koenker & Bassett 1978)"),
      levels: z
        .array(level)
        .refine((levels) => levels.includes(0.5), "0.5 must be among the levels: it is the forecast")
        .refine(
          (levels) => levels.every((value, index) => index === 0 || value > levels[index - 1]!),
          "expected rising levels, such as [0.05, 0.5, 0.95]",
        )
        .default([0.05, 0.5, 0.95])
        .describe("shares of the outcomes that should lie below each quantile"),
    }),
    z.strictObject({
      kind: z.literal("gaussian").describe("likelihood of a normal distribution, whose deviation is forecast, too"),
    }),
    z.strictObject({
      kind: z
        .literal("negativeBinomial")
        .describe(
          "likelihood of a negative binomial distribution, for counts: its mean, in means of the context, and its dispersion are learned, and quantiles are counts (Salinas et al. 2020)",
        ),
    }),
  ])
  .describe("what training minimizes, and with it what is forecast: points, quantiles or a distribution");
export type ForecastLoss = z.infer<typeof lossConfig>;

const intervalsConfig = z
  .strictObject({
    calibration: z
      .enum(["shared", "steps", "none"])
      .default("shared")
      .describe(
        "how dev widens or narrows the intervals once training has ended, so that they hold the share of its targets that they promise (Romano et al. 2019). shared: by one factor for all steps to come; steps: by one for each, where dev has 100 windows or more; none: they stay as they were learned. With fewer than 20 targets in dev they do, too",
      ),
  })
  .describe("what is made of quantiles");
export interface IntervalsConfig {
  readonly calibration: "shared" | "steps" | "none";
}

/** The sections of a forecaster. */
export const forecastingConfig = z
  .strictObject({
    series: seriesConfig,
    model: modelConfig,
    loss: lossConfig.prefault({ kind: "quantile" }),
    intervals: intervalsConfig.prefault({}),
    metrics: z
      .strictObject({
        select: z
          .enum(FORECAST_METRICS.map(({ name }) => name))
          .default("loss")
          .describe("dev metric that chooses the best checkpoint"),
      })
      .describe("how the model is judged")
      .prefault({}),
  })
  .refine(({ loss, model }) => loss.kind !== "negativeBinomial" || model.decoder === "direct", {
    path: ["loss", "kind"],
    message: "negativeBinomial needs model.decoder: direct",
  });
export type ForecastingConfig = z.infer<typeof forecastingConfig>;
export type SeriesConfig = ForecastingConfig["series"];
