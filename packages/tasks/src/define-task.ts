/**
 * Makes a `Task` of its parts. Here alone types are erased, examples sorted by size and cut into batches, scopes opened, and
 * the event loop let in; a task only says how one record is encoded, how examples become a batch, and what comes out of it.
 */
import {
  DataConfigError,
  type DataRecord,
  type Examples,
  type Fields,
  ListedExamples,
  ListWriter,
  type Records,
} from "@cellstate/data";
import { add, type Session, type Tensor } from "@cellstate/tensor";
import type { BatchSource } from "@cellstate/training";
import type { ExplainOptions } from "./attribution.ts";
import { BASELINES_FILE, formatBaselines, readBaselines } from "./baselines-file.ts";
import { finiteLine, finiteScores, holdsNonFinite } from "./finite.ts";
import { bootstrapIntervals } from "./intervals.ts";
import { type Components, joinComponents, noComponents } from "./plugin/components.ts";
import { predictAll, predictStream } from "./prediction.ts";
import type {
  BatchOptions,
  Encoded,
  EncodeOptions,
  Evaluation,
  Explanation,
  FittedBaselines,
  Pipeline,
  Plan,
  PredictionLine,
  PretrainedTable,
  RecalledAnswers,
  Task,
  TaskModel,
} from "./task.ts";
import type {
  BaselineParts,
  CollatingParts,
  ModelParts,
  PipelineParts,
  PlacedBatch,
  PlanParts,
  PretrainedParts,
  TaskParts,
} from "./task-parts.ts";

/**
 * A task of its parts, as configs and saved models know it.
 *
 * @param given  its parts, or a function that makes them with what plugins add to the choices of layers, losses and metrics
 * @throws {Error} from `plan`, if the parts select by a metric that is not among theirs
 */
export function defineTask<Config, All extends Fields, Example, Batch, Prediction>(
  given:
    | TaskParts<Config, All, Example, Batch, Prediction>
    | ((components: Components) => TaskParts<Config, All, Example, Batch, Prediction>),
): Task {
  const taskWith = (components: Components): Task => {
    const parts = typeof given === "function" ? given(components) : given;
    return {
      name: parts.name,
      configSchema: parts.configSchema,
      writesText: parts.writesText ?? false,
      writesOn: parts.writesOn ?? false,
      card: parts.card,
      rows: parts.rows,
      surprises: parts.surprises,
      marked: parts.marked,
      plan: (sections) => bindPlan(parts.plan(sections as Config)),
      own: { optimizers: components.optimizers, schedules: components.schedules },
      extend: (more) => taskWith(joinComponents(components, more)),
    };
  };
  return taskWith(noComponents);
}

function bindPlan<All extends Fields, Example, Batch, Prediction>(
  plan: PlanParts<All, Example, Batch, Prediction>,
): Plan {
  const { fields, metrics, loss, select } = plan;
  const selection = metrics.find(({ name }) => name === select);
  if (selection === undefined) throw new Error(`internal: a task selects by ${select}, which is not among its metrics`);
  return {
    fields,
    metrics,
    loss,
    selection,
    async fit(train, read) {
      if (Array.isArray(train) && train.length === 0) {
        throw new DataConfigError("data", "there are no training examples; add rows to the train split");
      }
      return bindPipeline(await plan.fit(train as Records<All>, read));
    },
    load: async (files) => bindPipeline(await plan.load(files)),
  };
}

function bindPipeline<All extends Fields, Example, Batch, Prediction>(
  pipeline: PipelineParts<All, Example, Batch, Prediction>,
): Pipeline {
  return {
    save: () => pipeline.save(),
    cutsSeries: pipeline.encodeAll !== undefined,
    usesSegmenter: pipeline.usesSegmenter ?? false,
    encode: (records, split, options = {}) => encode(pipeline, records as Records<All>, split, options),
    rowNames: () => pipeline.rowNames?.() ?? new Map(),
    forOtherTasks: pipeline.forOtherTasks,
    recall: (lines) => recall(pipeline, lines),
    pretrained: (pipeline.pretrained ?? []).map(bindPretrained),
    build: (session, rng) => bindModel(pipeline, pipeline.build(session, rng), session),
    async fitBaselines(train, dev) {
      const { baselines } = pipeline;
      if (baselines === undefined) return noBaselines;
      const learned = await baselines.fit(examplesOf<Example>(train), dev && examplesOf<Example>(dev));
      return bindBaselines(pipeline, baselines, learned);
    },
    loadBaselines(files) {
      const { baselines } = pipeline;
      return baselines === undefined || !files.has(BASELINES_FILE)
        ? noBaselines
        : bindBaselines(pipeline, baselines, readBaselines(files, baselines.schema));
    },
  };
}

function recall<All extends Fields, Example, Batch, Prediction>(
  pipeline: PipelineParts<All, Example, Batch, Prediction>,
  lines: readonly PredictionLine[],
): RecalledAnswers | undefined {
  const { readLine, rightness } = pipeline;
  if (readLine === undefined) return undefined;
  const answers = lines.map((line) => readLine(line));
  return {
    length: answers.length,
    score: (drawn) =>
      pipeline.score(
        drawn.map((index) => answers[index]!.prediction),
        drawn.map((index) => answers[index]!.example),
      ),
    rightShare: rightness?.metric,
    isRight: (index) => rightness?.isRight(answers[index]!.prediction, answers[index]!.example) ?? false,
  };
}

function bindPretrained<Example>({ rowsOf, ...table }: PretrainedParts<Example>): PretrainedTable {
  return {
    ...table,
    async countRows(train) {
      const counts = new Float64Array(table.words.length);
      for await (const example of examplesOf<Example>(train)) {
        for (const row of rowsOf(example)) counts[row] = counts[row]! + 1;
      }
      return counts;
    },
  };
}

const noBaselines: FittedBaselines = { save: () => new Map(), score: () => ({}) };

function bindBaselines<All extends Fields, Example, Batch, Prediction>(
  pipeline: PipelineParts<All, Example, Batch, Prediction>,
  parts: BaselineParts<Example, Prediction>,
  learned: unknown,
): FittedBaselines {
  return {
    save: () => new Map([[BASELINES_FILE, formatBaselines(learned)]]),
    score(splits) {
      const scoreAll = (answer: (example: Example) => Prediction) =>
        Object.fromEntries(
          [...splits].map(([split, encoded]) => {
            const examples = listOf<Example>(encoded);
            return [split, pipeline.score(examples.map(answer), examples)];
          }),
        );
      const models = Object.entries(parts.models(learned));
      return Object.fromEntries(models.map(([name, answer]) => [name, scoreAll(answer)]));
    },
  };
}

async function encode<All extends Fields, Example, Batch, Prediction>(
  pipeline: PipelineParts<All, Example, Batch, Prediction>,
  records: Records<All>,
  split: string,
  { writer = new ListWriter<unknown>(), earlier }: EncodeOptions,
): Promise<Encoded> {
  if (pipeline.encodeAll !== undefined) {
    const options = { split, earlier: earlier as Records<All> | undefined };
    for (const example of await pipeline.encodeAll(records, options)) await writer.add(example, pipeline.size(example));
    return writer.finish();
  }
  let index = 0;
  let kept = 0;
  for await (const record of records) {
    const example = pipeline.encodeOne(record, index++, split);
    if (example === undefined) continue;
    kept += 1;
    await writer.add(example, pipeline.size(example));
  }
  if (kept === 0 && index > 0 && pipeline.nothingToTrainOn) throw pipeline.nothingToTrainOn(index);
  return writer.finish();
}

function bindModel<All extends Fields, Example, Batch, Prediction>(
  pipeline: PipelineParts<All, Example, Batch, Prediction>,
  model: ModelParts<Example, Batch, Prediction>,
  session: Session,
): TaskModel {
  const predictor = {
    session,
    size: (example: Example) => pipeline.size(example),
    predictBatch: (examples: readonly Example[]) => model.predictBatch(examples),
  };
  return {
    get network() {
      return model.network;
    },
    networkFault: model.networkFault,
    explainFault: model.explainFault,
    generate: model.generate && ((prompt, options) => model.generate!(prompt, options)),
    parameters: () => model.module.parameters(),
    buffers: () => model.module.buffers?.() ?? new Map(),
    batches: async (train, options) => {
      const examples = examplesOf<Example>(train);
      if (model.batches === undefined) return bucketBatches(model, examples, options);
      if (options.curriculum !== undefined) throw noCurriculum();
      return model.batches(examples, options);
    },
    loss(batch, step) {
      const { batch: own, places } = batch as PlacedBatch<Batch>;
      const penalties: Tensor[] = [];
      const loss = model.loss(own, { ...step, examples: places, penalties });
      const [first, ...others] = loss.penalty === undefined ? penalties : [loss.penalty, ...penalties];
      return first === undefined ? loss : { ...loss, penalty: others.reduce(add, first) };
    },
    evaluate: async (encoded, { onProgress } = {}) => {
      const examples = listOf<Example>(encoded);
      const predictions = await (model.predictSplit?.(examples, onProgress) ??
        predictAll(predictor, examples, onProgress));
      return bindEvaluation(pipeline, model, session, predictions, examples);
    },
    calibrate:
      model.calibrate &&
      (async (encoded, train) => {
        const examples = listOf<Example>(encoded);
        await model.calibrate!(await predictAll(predictor, examples), examples, examplesOf<Example>(train));
      }),
    explain: model.explainOne && ((records, options = {}) => explain(records, options)),
    async *predict(records) {
      const encoded = encodeStream(pipeline, records as AsyncIterable<DataRecord<All>>);
      for await (const { prediction, example } of predictStream(predictor, encoded)) {
        yield finiteLine(pipeline.line(prediction, example));
      }
    },
  };

  async function* explain(
    records: Iterable<DataRecord> | AsyncIterable<DataRecord>,
    options: ExplainOptions,
  ): AsyncGenerator<Explanation, void, undefined> {
    for await (const example of encodeStream(pipeline, records as AsyncIterable<DataRecord<All>>)) {
      const { prediction, attribution } = await model.explainOne!(example, options);
      yield { line: finiteLine(pipeline.line(prediction, example)), attribution };
    }
  }
}

function bindEvaluation<All extends Fields, Example, Batch, Prediction>(
  pipeline: PipelineParts<All, Example, Batch, Prediction>,
  model: ModelParts<Example, Batch, Prediction>,
  session: Session,
  predictions: readonly Prediction[],
  examples: readonly Example[],
): Evaluation {
  for (const [index, prediction] of predictions.entries()) {
    if (holdsNonFinite(prediction)) finiteLine(pipeline.line(prediction, examples[index]!));
  }
  return {
    scores: finiteScores(pipeline.score(predictions, examples)),
    get parts() {
      const parts = Object.entries(pipeline.partsOf?.(predictions) ?? {});
      return Object.fromEntries(
        parts.map(([part, answers]) => [part, finiteScores(pipeline.score(answers, examples))]),
      );
    },
    get details() {
      return pipeline.details?.(predictions, examples) ?? { values: {}, sections: [] };
    },
    intervals: (options) =>
      bootstrapIntervals(examples.length, options, (drawn) =>
        pipeline.score(
          drawn.map((index) => predictions[index]!),
          drawn.map((index) => examples[index]!),
        ),
      ),
    *lines() {
      for (const [index, prediction] of predictions.entries()) {
        yield finiteLine(pipeline.line(prediction, examples[index]!));
      }
    },
    async report(split) {
      using _ = session.noGrad();
      using _scope = session.scope();
      return (await model.report?.(predictions, examples, split)) ?? [];
    },
  };
}

function noCurriculum(): DataConfigError {
  return new DataConfigError(
    "training.curriculum",
    "does not apply to a task that reads its text in order, since it has no examples to put the shortest first; remove it",
  );
}

/** Batches of similar size, in the order of a walk. */
function bucketBatches<Example, Batch>(
  model: CollatingParts<Example, Batch>,
  train: Examples<Example>,
  options: BatchOptions,
): BatchSource<PlacedBatch<Batch>> {
  const walk = train.walk(options);
  return {
    batchesPerEpoch: walk.batchesPerEpoch,
    async next() {
      const { examples, places, endsEpoch } = await walk.next();
      const batch = model.collate(examples);
      return { batch: { batch, places }, tokens: model.tokens(batch), epochEnded: endsEpoch };
    },
    state: () => walk.state(),
    load: (state) => walk.load(state),
  };
}

/** Encodes records that are to be predicted, as they come. */
async function* encodeStream<All extends Fields, Example, Batch, Prediction>(
  pipeline: PipelineParts<All, Example, Batch, Prediction>,
  records: Iterable<DataRecord<All>> | AsyncIterable<DataRecord<All>>,
): AsyncGenerator<Example, void, undefined> {
  if (pipeline.encodeAll !== undefined && pipeline.encodeInput !== undefined) {
    let index = 0;
    for await (const record of records) yield pipeline.encodeInput(record, index++);
    return;
  }
  if (pipeline.encodeAll !== undefined) {
    const all = await Array.fromAsync(records);
    yield* await pipeline.encodeAll(all, { split: PREDICTED, earlier: undefined });
    return;
  }
  let index = 0;
  for await (const record of records) {
    const example = pipeline.encodeOne(record, index++, PREDICTED);
    if (example === undefined) throw new Error("internal: a task left out a record that is to be predicted");
    yield example;
  }
}

/** What `encodeOne` is told of records that belong to no split. */
const PREDICTED = "predict";

/** Examples that this file handed out as `Encoded`. */
function examplesOf<Example>(encoded: Encoded): Examples<Example> {
  return encoded as Examples<Example>;
}

function listOf<Example>(encoded: Encoded): readonly Example[] {
  if (encoded instanceof ListedExamples) return encoded.items as readonly Example[];
  throw new TypeError("expected examples in memory, got examples on disk; only train may lie there");
}
