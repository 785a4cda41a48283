/**
 * A saved model as files by name: weights, what was learned before them, and the resolved config. Nothing here reads a disk, so
 * that a page opens what a run has written; nothing in the files tells of the machine that made them.
 */

import { type DataRecord, type Input, inputRecord } from "@cellstate/data";
import { columnsOf, dataConfig } from "@cellstate/data/config";
import {
  buildBlank,
  loadStateDict,
  OptionError,
  StateDictError,
  stateDict,
  withoutWarnings,
} from "@cellstate/lstm-core";
import { decodeSafetensors, encodeSafetensors, Rng, type Session } from "@cellstate/tensor";
import { z } from "zod";
import type { ExplainOptions } from "./attribution.ts";
import { MissingPluginError, ModelChangeError, ModelFilesError, UnknownTaskError } from "./errors.ts";
import { encodeJson, readJson, requireFile } from "./file-contents.ts";
import { faultsOf, MANIFEST_FILE, parseManifest, sealFiles } from "./manifest.ts";
import { schemaFault } from "./schema-fault.ts";
import type {
  DataDescription,
  Explanation,
  FileContents,
  FittedBaselines,
  Pipeline,
  Plan,
  PredictionLine,
  Task,
  TaskModel,
} from "./task.ts";
import { tasks as allTasks } from "./tasks.ts";
import { MODEL_FORMAT_VERSION } from "./versioned.ts";

/** The weights of a saved model, as safetensors. */
export const WEIGHTS_FILE = "model.safetensors";
/** The resolved config of a saved model. */
export const MODEL_CONFIG_FILE = "config.json";

/** A resolved experiment: the sections of the task beside `name`, `task` and whatever else a run has. */
export type ModelConfig = Readonly<Record<string, unknown>> & { readonly task: string };

const { columns, textColumn, labelColumn, sourceColumn, targetColumn } = dataConfig.shape;
const modelConfig = z.looseObject({
  task: z.string(),
  plugins: z.array(z.string()).optional(),
  data: z.looseObject({
    dataset: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    header: z.boolean().optional(),
    columns,
    // as models were saved before there were columns
    textColumn,
    labelColumn,
    sourceColumn,
    targetColumn,
  }),
});

/** What a saved model is made from. */
export interface SaveModelOptions {
  readonly model: TaskModel;
  readonly pipeline: Pipeline;
  /** The trivial models, so that `evaluate` can show them. Default: none. */
  readonly baselines?: FittedBaselines | undefined;
  /** The resolved config, with `data` reduced to what the model must know of it. */
  readonly config: ModelConfig & { readonly data: DataDescription };
}

/** The files of a saved model; the manifest of the others comes last, so a folder that has it is whole. */
export async function saveModel({ model, pipeline, baselines, config }: SaveModelOptions): Promise<FileContents> {
  const metadata = { format: "cellstate", gates: "input, forget, candidate, output" };
  return await sealFiles(
    new Map([
      [WEIGHTS_FILE, encodeSafetensors(stateDict(model), metadata)],
      ...pipeline.save(),
      ...(baselines?.save() ?? []),
      [MODEL_CONFIG_FILE, encodeJson({ formatVersion: MODEL_FORMAT_VERSION, ...config })],
    ]),
  );
}

/**
 * Compares the files of a saved model with its manifest.
 *
 * @param files  all files of its folder by name
 * @throws {ModelFilesError} naming the first file that is missing, damaged, or not part of the model
 */
export async function verifyModel(files: FileContents): Promise<void> {
  const { files: manifest, fault } = await parseManifest(requireFile(files, MANIFEST_FILE));
  if (fault !== undefined) throw new ModelFilesError(MANIFEST_FILE, fault);
  for (const file of Object.keys(manifest)) requireFile(files, file);
  const [first] = await faultsOf(manifest, files);
  if (first !== undefined) throw new ModelFilesError(first.file, first.fault);
}

/** What is known of a saved model before its weights are read. */
export interface ModelDescription {
  readonly task: Task;
  /** Its config as it was saved. */
  readonly config: ModelConfig;
  readonly plan: Plan;
  /** The columns in which files like its training data hold the values, and their labels. */
  readonly data: DataDescription;
}

/** How a saved model is opened. */
export interface OpenModelOptions {
  /** The tasks that there are. Default: those of this package. */
  readonly tasks?: readonly Task[] | undefined;
  /** Sections that replace those of the saved config, such as `{ search: { beamSize: 1 } }`. */
  readonly changes?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the files are compared with their manifest first; `false` where `verifyModel` has done it. Default true. */
  readonly verify?: boolean | undefined;
}

/**
 * Reads the config of a saved model alone, and does not compare it with the manifest: `verifyModel` does.
 *
 * @throws {ModelFilesError} if it is missing, malformed or newer than this code
 * @throws {UnknownTaskError} if its task is not among `options.tasks`
 * @throws {MissingPluginError} if it needs a plugin that `options.tasks` are without
 * @throws {ModelChangeError} if its task does not take `options.changes`
 */
export function describeModel(
  files: FileContents,
  { tasks = allTasks, changes = {} }: OpenModelOptions = {},
): ModelDescription {
  const { formatVersion: _, ...saved } = readJson(files, MODEL_CONFIG_FILE, modelConfig, MODEL_FORMAT_VERSION);
  const { task } = plannedTask(saved, tasks);
  const sections = [...new Set([...Object.keys(saved), ...Object.keys(task.configSchema.shape)])];
  const unknown = Object.keys(changes).find((key) => !sections.includes(key));
  if (unknown !== undefined) throw new ModelChangeError(`changes of ${sections.join(", ")}, got ${unknown}`);
  const config: ModelConfig = { ...saved, ...changes };
  const plan = planBy(task, config, (fault) => new ModelChangeError(`changes that ${task.name} takes, got ${fault}`));
  const { dataset, labels, header, ...section } = saved.data;
  return { task, config, plan, data: { dataset, labels, header, columns: columnsOf(section) } };
}

/** The task of a saved config, which fits it. */
function plannedTask(
  saved: ModelConfig & { readonly plugins?: readonly string[] | undefined },
  tasks: readonly Task[],
) {
  try {
    return planOf(saved, tasks);
  } catch (error) {
    const { plugins = [] } = saved;
    if (plugins.length === 0 || !(error instanceof UnknownTaskError || error instanceof ModelFilesError)) throw error;
    throw new MissingPluginError(plugins, error instanceof ModelFilesError ? error.problem : error.message);
  }
}

/** A model that is ready to predict. */
export interface Predictor extends ModelDescription {
  readonly pipeline: Pipeline;
  readonly model: TaskModel;
  /** The trivial models that were fitted when the model was trained; none where it was saved without. */
  readonly baselines: FittedBaselines;
  /**
   * Predicts inputs as they come, in their order and in flat memory.
   *
   * @param inputs  each a text, where the task reads one input, or values by role, such as `{ text: "not bad" }`
   * @throws {DataError} if an input is not what the task reads
   */
  predict(inputs: Iterable<ModelInput> | AsyncIterable<ModelInput>): AsyncGenerator<PredictionLine, void, undefined>;
  /** Predicts inputs and says how much each word counts in the answer; undefined for tasks that do not explain their answers. */
  readonly explain:
    | ((
        inputs: Iterable<ModelInput> | AsyncIterable<ModelInput>,
        options?: ExplainOptions,
      ) => AsyncGenerator<Explanation, void, undefined>)
    | undefined;
}

/** A text, or the values of an input by role. */
export type ModelInput = Input;

/**
 * Opens a saved model.
 *
 * @param files    all files of its folder by name
 * @param session  where it computes; it must outlive the model
 * @throws {ModelFilesError | SafetensorsError} if a file is missing, damaged or newer than this code, or contradicts another
 * @throws {UnknownTaskError} if its task is not among `options.tasks`
 */
export async function openModel(
  files: FileContents,
  session: Session,
  options: OpenModelOptions = {},
): Promise<Predictor> {
  if (options.verify !== false) await verifyModel(files);
  const described = describeModel(files, options);
  const pipeline = await described.plan.load(files);
  const model = buildSaved(pipeline, session, requireFile(files, WEIGHTS_FILE));
  return {
    ...described,
    pipeline,
    model,
    baselines: pipeline.loadBaselines(files),
    predict: (inputs) => model.predict(recordsOf(inputs)),
    explain: model.explain && ((inputs, options) => model.explain!(recordsOf(inputs), options)),
  };

  async function* recordsOf(inputs: Iterable<ModelInput> | AsyncIterable<ModelInput>): AsyncGenerator<DataRecord> {
    let line = 1;
    for await (const input of inputs) {
      yield inputRecord(described.plan.fields, input, { file: "input", line: line++ });
    }
  }
}

/** The model with its saved weights; no memory is taken for one that the weights contradict. */
function buildSaved(pipeline: Pipeline, session: Session, weights: Uint8Array): TaskModel {
  const { tensors } = decodeSafetensors(weights, WEIGHTS_FILE);
  let elements = 0;
  // Layers may keep some numbers beside their weights, such as a second bias at zero, but never more than weights.
  for (const { data } of tensors.values()) elements += 2 * data.length;
  try {
    const model = withoutWarnings(() => buildBlank(session, () => pipeline.build(session, new Rng(0)), elements));
    loadStateDict(model, tensors);
    return model;
  } catch (error) {
    if (error instanceof StateDictError) {
      throw new ModelFilesError(
        MODEL_CONFIG_FILE,
        `the tensors of ${WEIGHTS_FILE} do not fit it: ${summary(error.problems)}`,
        { cause: error },
      );
    }
    if (error instanceof OptionError) throw new ModelFilesError(MODEL_CONFIG_FILE, error.message, { cause: error });
    throw error;
  }
}

/** The first few of many faults. */
function summary(problems: readonly string[]): string {
  const shown = problems.slice(0, 3).join("; ");
  return problems.length > 3 ? `${shown}; and ${problems.length - 3} more` : shown;
}

/**
 * The task that a config names, with its plan.
 *
 * @throws {UnknownTaskError} if there is none of that name
 * @throws {ModelFilesError} if its sections are malformed
 */
export function planOf(
  config: ModelConfig,
  tasks: readonly Task[] = allTasks,
): { readonly task: Task; readonly plan: Plan } {
  const task = tasks.find(({ name }) => name === config.task);
  if (task === undefined) {
    throw new UnknownTaskError(
      config.task,
      tasks.map(({ name }) => name),
    );
  }
  return { task, plan: planBy(task, config, (fault) => new ModelFilesError(MODEL_CONFIG_FILE, fault)) };
}

function planBy(task: Task, config: ModelConfig, refuse: (fault: string) => Error): Plan {
  const keys = Object.keys(task.configSchema.shape);
  const sections = Object.fromEntries(Object.entries(config).filter(([key]) => keys.includes(key)));
  const result = task.configSchema.safeParse(sections);
  if (result.success) return task.plan(result.data);
  throw refuse(schemaFault(result.error, "the config"));
}
