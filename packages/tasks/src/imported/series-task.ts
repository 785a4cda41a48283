/** A network from numbers to numbers that another framework trained, such as a forecaster, behind the interface of every task. */
import { DataFileError, type DataRecord } from "@cellstate/data";
import type { Model, ModelConfig } from "@cellstate/layers";
import { regressionMetrics } from "@cellstate/training";
import { defineTask } from "../define-task.ts";
import { NotTrainableError } from "../errors.ts";
import type { Scores } from "../task.ts";
import type { ModelParts, PipelineParts, PlanParts } from "../task-parts.ts";
import { importedSeriesConfig } from "./config.ts";
import { IMPORTED_SERIES_TASK, NETWORK_FILE } from "./files.ts";
import { encodeNetwork, type Network, readNetwork } from "./network.ts";
import { scoreNumbers, squaredError } from "./number-scores.ts";

const seriesFields = {
  past: { kind: "numbers" },
  next: { kind: "numbers", target: true },
} as const;
type SeriesFields = typeof seriesFields;

interface SeriesExample {
  /** Place in its file, from 0. */
  readonly index: number;
  /** Step by step, the features of a step side by side. */
  readonly past: readonly number[];
  readonly next: readonly number[] | undefined;
}

type Forecast = readonly number[];

export const importedSeries = defineTask({
  name: IMPORTED_SERIES_TASK,
  configSchema: importedSeriesConfig,
  plan: (): PlanParts<SeriesFields, SeriesExample, never, Forecast> => ({
    fields: seriesFields,
    metrics: [squaredError, ...regressionMetrics].map(({ info }) => info),
    loss: squaredError.info,
    select: squaredError.info.name,
    fit: async () => {
      throw new NotTrainableError(IMPORTED_SERIES_TASK);
    },
    load: async (files) => pipelineOf(await readNetwork(files)),
  }),
});

function pipelineOf({ config, build }: Network): PipelineParts<SeriesFields, SeriesExample, never, Forecast> {
  const shape = inputShapeOf(config);
  return {
    save: () => new Map([[NETWORK_FILE, encodeNetwork(config)]]),
    encodeOne: (record, index) => encodeSeries(record, index, shape),
    size: ({ past }) => past.length,
    build: (session) => modelOf(build(session), shape),
    score: scoreForecasts,
    line: (prediction, { index, past, next }) => ({ index, past, ...(next && { next }), prediction }),
  };
}

/** Extents of one example; `null` is any number of steps. */
type InputShape = readonly (number | null)[];

function inputShapeOf({ layers, nodes, inputs }: ModelConfig): InputShape {
  const [node] = inputs[0]!;
  return (layers[nodes[node]!.layer]?.options.shape ?? []) as InputShape;
}

/** @throws {DataFileError} naming file and line of a row with another number of numbers than the network reads */
function encodeSeries(
  { values: { past, next }, file, line }: DataRecord<SeriesFields>,
  index: number,
  shape: InputShape,
): SeriesExample {
  const known = shape.reduce<number>((product, extent) => product * (extent ?? 1), 1);
  const isRight = shape.includes(null) ? past.length > 0 && past.length % known === 0 : past.length === known;
  if (!isRight) {
    const wanted = shape.includes(null) ? `a multiple of ${known} numbers` : `${known} numbers`;
    throw new DataFileError(
      file,
      line,
      `past has ${past.length} numbers, the network reads ${wanted}: (${shape.join(", ")})`,
    );
  }
  return { index, past, next };
}

function modelOf(network: Model<unknown>, shape: InputShape): ModelParts<SeriesExample, never, Forecast> {
  const refuse = (): never => {
    throw new NotTrainableError(IMPORTED_SERIES_TASK);
  };
  return {
    module: { parameters: () => network.tensors() },
    network: { kind: "layers", layers: () => network.network(), facts: { task: IMPORTED_SERIES_TASK } },
    collate: refuse,
    tokens: refuse,
    loss: refuse,
    predictBatch: async (examples) => {
      const forecasts: Forecast[] = [];
      // Series may differ in length, and none is padded for another.
      for (const { past } of examples) forecasts.push(await forecastOf(network, past, shape));
      return forecasts;
    },
  };
}

async function forecastOf(network: Model<unknown>, past: readonly number[], shape: InputShape): Promise<Forecast> {
  const known = shape.reduce<number>((product, extent) => product * (extent ?? 1), 1);
  const extents = shape.map((extent) => extent ?? past.length / known);
  network.resetStates();
  const predicted = await network.predict({ data: Float32Array.from(past), shape: [1, ...extents] });
  return [...(predicted as { readonly data: Float32Array }).data];
}

/** @throws {RangeError} unless every example has its next numbers, and there is at least one */
function scoreForecasts(forecasts: readonly Forecast[], examples: readonly SeriesExample[]): Scores {
  const targets = examples.flatMap(({ index, next }) => {
    if (next === undefined) throw new RangeError(`metrics: expected examples with next, example ${index} has none`);
    return next;
  });
  return scoreNumbers(targets, forecasts.flat());
}
