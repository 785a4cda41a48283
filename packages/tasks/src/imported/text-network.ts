/** A network of texts that another framework trained, behind the interface of every task. */
import type { DataRecord, Fields } from "@cellstate/data";
import type { Session, Tensor } from "@cellstate/tensor";
import type { Tokenizer } from "@cellstate/tokenizers";
import { NotTrainableError } from "../errors.ts";
import { encodeFile, loadTokenizer } from "../file-contents.ts";
import type { Network } from "../network.ts";
import type { FileContents } from "../task.ts";
import type { ModelParts, PipelineParts, PlanParts } from "../task-parts.ts";
import type { Answers, ImportedExample, Outputs } from "./answers/answers.ts";
import { answersOf } from "./answers/answers-of.ts";
import type { ImportedConfig } from "./config.ts";
import { encodeImported } from "./encode-text.ts";
import { TOKENIZER_FILE } from "./files.ts";
import { type RunRows, runTexts } from "./run-texts.ts";

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

/** @param read  the network from the files of a saved model */
export function planImported(
  task: string,
  config: ImportedConfig,
  read: (files: FileContents) => Promise<NetworkParts>,
): PlanParts<Fields, ImportedExample, never, Outputs> {
  const answers = answersOf(config);
  const { fields, metrics, loss, select } = answers;
  return {
    fields,
    metrics,
    loss,
    select,
    fit: async () => {
      throw new NotTrainableError(task);
    },
    load: async (files) =>
      pipelineOf(task, config, answers, loadTokenizer(files, TOKENIZER_FILE, TOKENIZER_SECTION), await read(files)),
  };
}

const TOKENIZER_SECTION = { kind: "file", file: TOKENIZER_FILE, specialTokens: {} } as const;

function pipelineOf(
  task: string,
  config: ImportedConfig,
  answers: Answers,
  tokenizer: Tokenizer,
  network: NetworkParts,
): PipelineParts<Fields, ImportedExample, never, Outputs> {
  return {
    save: () => new Map([[TOKENIZER_FILE, encodeFile(tokenizer.stringify())], ...network.save()]),
    usesSegmenter: tokenizer.usesSegmenter,
    encodeOne: (record: DataRecord, index: number) => {
      const text = record.values.text as string;
      return { index, text, ids: encodeImported(tokenizer, text, config.input), ...answers.targetsOf(record) };
    },
    size: ({ ids }) => config.input.maxLength ?? ids.length,
    build: (session) => modelOf(task, config, answers, network.open(session)),
    score: answers.score,
    details: answers.details,
    line: answers.line,
  };
}

function modelOf(
  task: string,
  { input }: ImportedConfig,
  { report }: Answers,
  { tensors, run, network }: OpenedParts,
): ModelParts<ImportedExample, never, Outputs> {
  const refuse = (): never => {
    throw new NotTrainableError(task);
  };
  return {
    module: { parameters: tensors },
    ...(network && { network }),
    collate: refuse,
    tokens: refuse,
    loss: refuse,
    predictBatch: (examples) => runTexts(run, examples, input),
    report,
  };
}
