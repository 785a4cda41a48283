/** About the smallest task that there can be: the next number of a series from its last one, by one weight and one bias. */
import type { DataRecord } from "@cellstate/data";
import { Linear, squaredError } from "@cellstate/lstm-core";
import { type MetricInfo, meanAbsoluteError } from "@cellstate/training";
import { z } from "zod";
import {
  defineTask,
  encodeJson,
  type FileContents,
  type ModelParts,
  type PipelineParts,
  type PlanParts,
  readJson,
  type Task,
} from "../src/index.ts";

const forecastFields = {
  past: { kind: "numbers" },
  place: { kind: "text", optional: true },
  next: { kind: "number", target: true },
} as const;

interface Series {
  readonly index: number;
  readonly past: readonly number[];
  readonly next: number | undefined;
}

export interface SeriesBatch {
  /** `[batch]`: the last number of each series, scaled. */
  readonly last: readonly number[];
  readonly next: readonly number[];
}

type Fields = typeof forecastFields;
type ForecastModel = ModelParts<Series, SeriesBatch, number>;
type ForecastPipeline = PipelineParts<Fields, Series, SeriesBatch, number>;

/** What a test wants to be otherwise. */
export interface ForecastChanges {
  readonly plan?: Partial<PlanParts<Fields, Series, SeriesBatch, number>>;
  readonly pipeline?: Partial<ForecastPipeline>;
  readonly model?: Partial<ForecastModel>;
}

const config = z.strictObject({ shortest: z.int().min(1).default(1) });
const scaleFile = z.object({ scale: z.number() });
const loss: MetricInfo = { name: "loss", direction: "min", unit: "target" };

export function forecastTask(changes: ForecastChanges = {}): Task {
  return defineTask<z.infer<typeof config>, Fields, Series, SeriesBatch, number>({
    name: "forecast",
    configSchema: config,
    plan: ({ shortest }) => ({
      fields: forecastFields,
      metrics: [meanAbsoluteError.info],
      loss,
      select: meanAbsoluteError.info.name,
      async fit(train) {
        let scale = 0;
        for await (const { values } of train) scale = Math.max(scale, ...values.past.map(Math.abs));
        return pipelineOf(scale, shortest, changes);
      },
      load: (files: FileContents) => pipelineOf(readJson(files, "scale.json", scaleFile, 1).scale, shortest, changes),
      ...changes.plan,
    }),
  });
}

function pipelineOf(scale: number, shortest: number, changes: ForecastChanges): ForecastPipeline {
  return {
    save: () => new Map([["scale.json", encodeJson({ formatVersion: 1, scale })]]),
    encodeOne({ values: { past, next } }, index, split) {
      return split === "train" && past.length < shortest ? undefined : { index, past, next };
    },
    size: ({ past }) => past.length,
    build(session, rng) {
      const linear = new Linear(session, { inputSize: 1, outputSize: 1, stream: rng.stream("model") });
      const forward = (last: readonly number[]) => linear.forward(session.tensor(last, [last.length, 1]));
      const lastOf = ({ past }: Series) => past.at(-1)! / scale;
      return {
        module: linear,
        collate: (examples) => ({ last: examples.map(lastOf), next: examples.map(({ next }) => next! / scale) }),
        tokens: ({ last }) => last.length,
        loss: ({ last, next }) => ({ loss: squaredError(forward(last), next), count: last.length }),
        predictBatch: async (examples) =>
          Array.from(await forward(examples.map(lastOf)).read(), (value) => value * scale),
        ...changes.model,
      };
    },
    score: (predictions, examples) => ({
      meanAbsoluteError: meanAbsoluteError(
        examples.map(({ next }) => next!),
        predictions,
      ),
    }),
    line: (prediction, { index, next }) => ({ index, ...(next === undefined ? {} : { next }), prediction }),
    ...changes.pipeline,
  };
}

/** Series that rise by 1, of 1 to `count` numbers. */
export function risingSeries(count: number): DataRecord[] {
  return Array.from({ length: count }, (_, row) => {
    const past = Array.from({ length: row + 1 }, (_unused, step) => step + 1);
    return { values: { past, next: row + 2 }, file: "series.jsonl", line: row + 1 };
  });
}
