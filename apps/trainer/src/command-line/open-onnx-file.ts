/** Opens an ONNX file of any origin; the file of whoever imports this needs `@cellstate/onnx`. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OnnxFormatError, type OnnxModel, onnxInOneFile, openOnnx } from "@cellstate/onnx";
import type { Session } from "@cellstate/tensor";
import { DamagedFileError } from "../errors.ts";
import { inputFile } from "./input-file.ts";

/** A model with the bytes that it was opened from, tensors that lay in files beside it included. */
export interface OpenedOnnx {
  readonly model: OnnxModel;
  readonly bytes: Uint8Array;
}

/**
 * The model in a file that the command line names.
 *
 * @throws {DamagedFileError} if the bytes are no model, or a file beside it is missing or damaged, naming the file
 * @throws {OnnxUnsupportedError | OnnxLimitError} as `openOnnx`
 */
export async function openOnnxFile(file: string, session: Session): Promise<OpenedOnnx> {
  const path = await inputFile(file);
  const given = await readFile(path);
  try {
    const bytes = onnxInOneFile(given, { externalData: (name) => readBeside(dirname(path), name) });
    return { model: openOnnx(bytes, { session }), bytes };
  } catch (error) {
    if (error instanceof OnnxFormatError) throw new DamagedFileError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** A file in the folder of a model or below; undefined if there is none, or the name leads out of the folder. */
function readBeside(folder: string, name: string): Uint8Array | undefined {
  if (!/^(?!.*(^|\/)\.\.(\/|$))[^/\\:][^\\:]*$/.test(name)) return undefined;
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
