/** A text classifier of which another framework trained the network, behind the interface of every task. */
import type { Session, Tensor } from "@cellstate/tensor";
import type { Tokenizer } from "@cellstate/tokenizers";
import { meanLoss } from "@cellstate/training";
import { type ClassifierFields, classifierFields, RecordEncoder, type TextExample } from "../classify/data.ts";
import { detailLabels } from "../classify/details.ts";
import { metricsOf, scoreLabels } from "../classify/metrics.ts";
import type { LabelPrediction } from "../classify/predict.ts";
import { labelLine } from "../classify/prediction-line.ts";
import { reportLabels } from "../classify/report.ts";
import { NotTrainableError } from "../errors.ts";
import { encodeFile, loadTokenizer } from "../file-contents.ts";
import type { Network } from "../network.ts";
import type { FileContents } from "../task.ts";
import type { ModelParts, PipelineParts, PlanParts } from "../task-parts.ts";
import type { ImportedConfig } from "./config.ts";
import { TOKENIZER_FILE } from "./files.ts";
import { predictImported, type RunRows } from "./predict.ts";

/** A network that can be opened. */
interface NetworkParts {
  /** Its files, beside its weights. */
  save(): FileContents;
  /** Where it computes; tensors of its weights are loaded next. @throws {ModelFilesError} if it is not as the config says */
  open(session: Session): OpenedParts;
}

interface OpenedParts {
  /** Those that the file of weights holds. */
  tensors(): Map<string, Tensor>;
  readonly run: RunRows;
  /** What it consists of, where other formats have such a network. */
  readonly network?: Network;
}

type ClassifierPlan = PlanParts<ClassifierFields, TextExample, never, LabelPrediction>;

/** @param read  the network from the files of a saved model */
export function planImported(
  task: string,
  config: ImportedConfig,
  read: (files: FileContents) => Promise<NetworkParts>,
): ClassifierPlan {
  return {
    fields: classifierFields,
    metrics: [meanLoss, ...metricsOf(config.metrics)].map(({ info }) => info),
    loss: meanLoss.info,
    select: config.metrics.select,
    fit: async () => {
      throw new NotTrainableError(task);
    },
    load: async (files) =>
      pipelineOf(task, config, loadTokenizer(files, TOKENIZER_FILE, TOKENIZER_SECTION), await read(files)),
  };
}

const TOKENIZER_SECTION = { kind: "file", file: TOKENIZER_FILE, specialTokens: {} } as const;

function pipelineOf(
  task: string,
  config: ImportedConfig,
  tokenizer: Tokenizer,
  network: NetworkParts,
): PipelineParts<ClassifierFields, TextExample, never, LabelPrediction> {
  const { labels } = config.output;
  const encoder = new RecordEncoder({ tokenizer, labels, trainCounts: [] });
  const metrics = metricsOf(config.metrics);
  return {
    save: () => new Map([[TOKENIZER_FILE, encodeFile(tokenizer.stringify())], ...network.save()]),
    usesSegmenter: tokenizer.usesSegmenter,
    encodeOne: (record, index) => encoder.encode(record, index),
    size: ({ ids }) => config.input.maxLength ?? ids.length,
    build: (session) => modelOf(task, config, network.open(session)),
    score: (predictions, examples) => scoreLabels(predictions, examples, labels.length, metrics),
    details: (predictions, examples) => detailLabels(predictions, examples, labels),
    line: (prediction, example) => labelLine(prediction, example, labels),
  };
}

function modelOf(
  task: string,
  config: ImportedConfig,
  { tensors, run, network }: OpenedParts,
): ModelParts<TextExample, never, LabelPrediction> {
  const refuse = (): never => {
    throw new NotTrainableError(task);
  };
  return {
    module: { parameters: tensors },
    ...(network && { network }),
    collate: refuse,
    tokens: refuse,
    loss: refuse,
    predictBatch: (examples) => predictImported(run, examples, config),
    report: (predictions, examples, split) => reportLabels(predictions, examples, config.output.labels, split),
  };
}
