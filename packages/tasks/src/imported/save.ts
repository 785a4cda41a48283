/** Makes the files of a classifier that another framework trained. */
import type { Model } from "@cellstate/layers";
import { encodeSafetensors, type TensorData } from "@cellstate/tensor";
import type { Tokenizer } from "@cellstate/tokenizers";
import { encodeFile, encodeJson } from "../file-contents.ts";
import { sealFiles } from "../manifest.ts";
import { MODEL_CONFIG_FILE, WEIGHTS_FILE } from "../saved-model.ts";
import type { FileContents } from "../task.ts";
import { MODEL_FORMAT_VERSION } from "../versioned.ts";
import type { ImportedConfig } from "./config.ts";
import { IMPORTED_TASK, NETWORK_FILE, TOKENIZER_FILE } from "./files.ts";

/** What an imported classifier is made of. */
export interface ImportedClassifier {
  /** What people call the model. */
  readonly name: string;
  /** From ids `[batch, time]` to outputs `[batch, classes]` (or one output for two classes), with its weights. */
  readonly network: Model<unknown>;
  /** Gives the ids that the network was trained on. */
  readonly tokenizer: Tokenizer;
  /** Parsed by `importedConfig`. */
  readonly config: ImportedConfig;
}

/** The files of a saved model that `openModel` opens: a network that another framework trained, with its tokenizer and labels. */
export async function saveImported({ name, network, tokenizer, config }: ImportedClassifier): Promise<FileContents> {
  const tensors = new Map<string, TensorData>();
  for (const [key, tensor] of network.tensors()) {
    tensors.set(key, { dtype: tensor.dtype, shape: [...tensor.shape], data: tensor.readSync() });
  }
  const data = { dataset: name, columns: { text: "text", label: "label" } };
  return await sealFiles(
    new Map([
      [WEIGHTS_FILE, encodeSafetensors(tensors, { format: "cellstate" })],
      [TOKENIZER_FILE, encodeFile(tokenizer.stringify())],
      [NETWORK_FILE, encodeJson({ formatVersion: MODEL_FORMAT_VERSION, ...network.config() })],
      [
        MODEL_CONFIG_FILE,
        encodeJson({ formatVersion: MODEL_FORMAT_VERSION, name, task: IMPORTED_TASK, ...config, data }),
      ],
    ]),
  );
}
