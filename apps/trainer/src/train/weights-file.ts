/** Files that hold weights alone, as other frameworks write them: the tensors in them by name. */
import { readFileSync, statSync } from "node:fs";
import { sha256 } from "@cellstate/files";
import { createSession, decodeSafetensors, type TensorData } from "@cellstate/tensor";
import { withPackage } from "../command-line/optional-package.ts";
import { RunFolderError } from "../errors.ts";

export interface WeightsFile {
  readonly tensors: ReadonlyMap<string, TensorData>;
  /** SHA-256 of the file. */
  readonly hash: string;
}

type Tensors = ReadonlyMap<string, TensorData>;
type Reader = (path: string, bytes: Uint8Array) => Tensors | Promise<Tensors>;

const ofPyTorch: Reader = async (path, bytes) => {
  const { readPyTorch } = await withPackage("@cellstate/interchange", () => import("@cellstate/interchange"));
  return readPyTorch(bytes, path).tensors;
};

/** The weights of its layers, `[outputs, inputs]` and with gates as ours, by Keras's names, such as `lstm/kernel`. */
const ofKeras: Reader = async (path) => {
  const { importKerasFile } = await withPackage("@cellstate/interchange", () => import("@cellstate/interchange/node"));
  const session = await createSession({ backend: "reference" });
  try {
    const { model } = await importKerasFile(path, { session });
    const tensors = [...model.tensors()];
    return new Map(
      tensors.map(([name, tensor]) => [
        name,
        { dtype: tensor.dtype, shape: [...tensor.shape], data: tensor.readSync() },
      ]),
    );
  } finally {
    await session.dispose();
  }
};

/** By the end of the file's name. */
const readers: Readonly<Record<string, Reader>> = {
  ".safetensors": (path, bytes) => decodeSafetensors(bytes, path).tensors,
  ".pt": ofPyTorch,
  ".pth": ofPyTorch,
  ".bin": ofPyTorch,
  ".h5": ofKeras,
  ".keras": ofKeras,
};

/**
 * Reads the weights at `path`, by the end of its name; undefined if it is no file.
 *
 * @throws {RunFolderError} if the file is of another kind
 * @throws {SafetensorsError | ModelFormatError | UnsupportedModelError} if it is damaged, or holds what is not taken over
 * @throws {UsageError} if a package that reads it is missing
 */
export async function readWeightsFile(path: string): Promise<WeightsFile | undefined> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const kind = Object.keys(readers).find((ending) => path.endsWith(ending));
  if (kind === undefined) {
    throw new RunFolderError(
      `init.from: ${path}: expected the folder of a run or a model, or a file of weights (${Object.keys(readers).join(", ")})`,
    );
  }
  const bytes = readFileSync(path);
  return { tensors: await readers[kind]!(path, bytes), hash: sha256(bytes) };
}
