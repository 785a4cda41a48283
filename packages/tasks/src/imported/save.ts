/** Makes the files of a model that another framework trained. */
import type { Model } from "@cellstate/layers";
import { encodeSafetensors, type TensorData } from "@cellstate/tensor";
import type { Tokenizer } from "@cellstate/tokenizers";
import { encodeFile, encodeJson } from "../file-contents.ts";
import { sealFiles } from "../manifest.ts";
import { MODEL_CONFIG_FILE, WEIGHTS_FILE } from "../saved-model.ts";
import type { FileContents } from "../task.ts";
import { MODEL_FORMAT_VERSION } from "../versioned.ts";
import { answersOf } from "./answers/answers-of.ts";
import type { ImportedConfig, ImportedOnnxConfig, ImportedSeriesConfig } from "./config.ts";
import {
  IMPORTED_ONNX_TASK,
  IMPORTED_SERIES_TASK,
  IMPORTED_TASK,
  NETWORK_FILE,
  ONNX_FILE,
  TOKENIZER_FILE,
} from "./files.ts";
import { encodeNetwork } from "./network.ts";

/** What an imported network of texts is made of. */
export interface ImportedClassifier {
  /** What people call the model. */
  readonly name: string;
  /** From ids `[batch, time]` to outputs `[batch, labels]` (or one output for two classes), with its weights. */
  readonly network: Model<unknown>;
  /** Gives the ids that the network was trained on. */
  readonly tokenizer: Tokenizer;
  /** Parsed by `importedConfig`. */
  readonly config: ImportedConfig;
}

/** The files of a saved model that `openModel` opens: a network that another framework trained, with its tokenizer and labels. */
export async function saveImported({ name, network, tokenizer, config }: ImportedClassifier): Promise<FileContents> {
  const data = dataOf(name, config);
  const tokenizerFile = [TOKENIZER_FILE, encodeFile(tokenizer.stringify())] as const;
  return await sealNetwork(network, { name, task: IMPORTED_TASK, ...config, data }, [tokenizerFile]);
}

/** What a network of texts in an ONNX file is made of. */
export interface ImportedOnnx {
  /** What people call the model. */
  readonly name: string;
  /** The ONNX file. */
  readonly network: Uint8Array;
  /** Gives the ids that the network was trained on. */
  readonly tokenizer: Tokenizer;
  /** Parsed by `importedOnnxConfig`. */
  readonly config: ImportedOnnxConfig;
}

/** The files of a saved model that `openModel` opens with the task `importedOnnx`. */
export async function saveImportedOnnx({ name, network, tokenizer, config }: ImportedOnnx): Promise<FileContents> {
  const data = dataOf(name, config);
  return await sealFiles(
    new Map([
      [WEIGHTS_FILE, encodeSafetensors(new Map(), { format: "cellstate" })], // the ONNX file has them
      [TOKENIZER_FILE, encodeFile(tokenizer.stringify())],
      [ONNX_FILE, network],
      [
        MODEL_CONFIG_FILE,
        encodeJson({ formatVersion: MODEL_FORMAT_VERSION, name, task: IMPORTED_ONNX_TASK, ...config, data }),
      ],
    ]),
  );
}

/** What to evaluate it on: the columns that a file has, each called as its role. */
function dataOf(dataset: string, config: ImportedConfig): object {
  const needed = Object.entries(answersOf(config).fields).filter(([, { optional }]) => optional !== true);
  return { dataset, columns: Object.fromEntries(needed.map(([role]) => [role, role])) };
}

/** What an imported forecaster is made of. */
export interface ImportedSeries {
  /** What people call the model. */
  readonly name: string;
  /** From numbers `[batch, time, features]` to numbers `[batch, ...]`, with its weights. */
  readonly network: Model<unknown>;
  /** Parsed by `importedSeriesConfig`. */
  readonly config: ImportedSeriesConfig;
}

/** The files of a saved model that `openModel` opens: a network from numbers to numbers that another framework trained. */
export async function saveImportedSeries({ name, network, config }: ImportedSeries): Promise<FileContents> {
  const data = { dataset: name, columns: { past: "past", next: "next" } };
  return await sealNetwork(network, { name, task: IMPORTED_SERIES_TASK, ...config, data }, []);
}

async function sealNetwork(
  network: Model<unknown>,
  config: object,
  others: readonly (readonly [name: string, bytes: Uint8Array])[],
): Promise<FileContents> {
  const tensors = new Map<string, TensorData>();
  for (const [key, tensor] of network.tensors()) {
    tensors.set(key, { dtype: tensor.dtype, shape: [...tensor.shape], data: tensor.readSync() });
  }
  return await sealFiles(
    new Map([
      [WEIGHTS_FILE, encodeSafetensors(tensors, { format: "cellstate" })],
      ...others,
      [NETWORK_FILE, encodeNetwork(network.config())],
      [MODEL_CONFIG_FILE, encodeJson({ formatVersion: MODEL_FORMAT_VERSION, ...config })],
    ]),
  );
}
