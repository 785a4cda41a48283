/** A text classifier that another framework trained: its network, tokenizer and labels, behind the interface of every task. */
import type { Model } from "@cellstate/layers";
import type { Tokenizer } from "@cellstate/tokenizers";
import { meanLoss } from "@cellstate/training";
import { type ClassifierFields, classifierFields, RecordEncoder, type TextExample } from "../classify/data.ts";
import { detailLabels } from "../classify/details.ts";
import { metricsOf, scoreLabels } from "../classify/metrics.ts";
import { type LabelPrediction, probabilitiesOf } from "../classify/predict.ts";
import { reportLabels } from "../classify/report.ts";
import { defineTask } from "../define-task.ts";
import { ModelFilesError, NotTrainableError } from "../errors.ts";
import { encodeFile, loadTokenizer } from "../file-contents.ts";
import type { ModelParts, PipelineParts, PlanParts } from "../task-parts.ts";
import { type ImportedConfig, importedConfig } from "./config.ts";
import { IMPORTED_TASK, NETWORK_FILE, TOKENIZER_FILE } from "./files.ts";
import { encodeNetwork, type Network, readNetwork } from "./network.ts";
import { predictImported } from "./predict.ts";

/** What an imported classifier is made of beside its weights. */
interface ImportedParts {
  readonly tokenizer: Tokenizer;
  readonly network: Network;
}

type ImportedPipeline = PipelineParts<ClassifierFields, TextExample, never, LabelPrediction>;

export const imported = defineTask({
  name: IMPORTED_TASK,
  configSchema: importedConfig,
  plan: (config): PlanParts<ClassifierFields, TextExample, never, LabelPrediction> => ({
    fields: classifierFields,
    metrics: [meanLoss, ...metricsOf(config.metrics)].map(({ info }) => info),
    loss: meanLoss.info,
    select: config.metrics.select,
    fit: async () => {
      throw new NotTrainableError(IMPORTED_TASK);
    },
    load: async (files) =>
      pipelineOf(config, {
        tokenizer: loadTokenizer(files, TOKENIZER_FILE, TOKENIZER_SECTION),
        network: await readNetwork(files),
      }),
  }),
});

const TOKENIZER_SECTION = { kind: "file", file: TOKENIZER_FILE, specialTokens: {} } as const;

function pipelineOf(config: ImportedConfig, parts: ImportedParts): ImportedPipeline {
  const { labels } = config.output;
  const encoder = new RecordEncoder({ tokenizer: parts.tokenizer, labels, trainCounts: [] });
  const metrics = metricsOf(config.metrics);
  return {
    save: () =>
      new Map([
        [TOKENIZER_FILE, encodeFile(parts.tokenizer.stringify())],
        [NETWORK_FILE, encodeNetwork(parts.network.config)],
      ]),
    usesSegmenter: parts.tokenizer.usesSegmenter,
    encodeOne: (record, index) => encoder.encode(record, index),
    size: ({ ids }) => config.input.maxLength ?? ids.length,
    build: (session) => modelOf(config, requireFit(parts.network.build(session), config)),
    score: (predictions, examples) => scoreLabels(predictions, examples, labels.length, metrics),
    details: (predictions, examples) => detailLabels(predictions, examples, labels),
    line: (prediction, { index, text, label }) => ({
      index,
      text,
      ...(label === undefined ? {} : { label: labels[label]! }),
      prediction: labels[prediction.label]!,
      probs: Object.fromEntries(probabilitiesOf(prediction).map((prob, number) => [labels[number]!, prob])),
    }),
  };
}

/** @throws {ModelFilesError} if the network reads or gives another number than the config says */
function requireFit(network: Model<unknown>, { input, output }: ImportedConfig): Model<unknown> {
  const [reads, gives] = [network.inputs[0]!.shape, network.outputs[0]!.shape];
  const { labels } = output;
  if (gives.length !== 1 || (gives[0] !== labels.length && !(gives[0] === 1 && labels.length === 2))) {
    throw new ModelFilesError(
      NETWORK_FILE,
      `it gives ${gives.join(" x ")} scores of classes, and there are ${labels.length} labels`,
    );
  }
  if (reads.length !== 1 || (reads[0] !== null && reads[0] !== input.maxLength)) {
    const problem = `it reads ${reads.join(" x ")} ids of each text, and maxLength is ${input.maxLength ?? "not given"}`;
    throw new ModelFilesError(NETWORK_FILE, problem);
  }
  return network;
}

function modelOf(config: ImportedConfig, network: Model<unknown>): ModelParts<TextExample, never, LabelPrediction> {
  const refuse = (): never => {
    throw new NotTrainableError(IMPORTED_TASK);
  };
  return {
    module: { parameters: () => network.tensors() },
    network: { kind: "layers", layers: () => network.network(), facts: factsOf(config) },
    collate: refuse,
    tokens: refuse,
    loss: refuse,
    predictBatch: (examples) => predictImported(network, examples, config),
    report: (predictions, examples, split) => reportLabels(predictions, examples, config.output.labels, split),
  };
}

/** What whoever runs the network elsewhere must know: how texts become rows, and what the outputs are. */
function factsOf({ input, output }: ImportedConfig): Readonly<Record<string, unknown>> {
  return { task: IMPORTED_TASK, ...input, ...output, tokenizer: TOKENIZER_FILE };
}
