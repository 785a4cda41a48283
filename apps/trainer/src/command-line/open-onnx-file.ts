/** Opens an ONNX file of any origin; the file of whoever imports this needs `@cellstate/onnx`. */
import { readFile } from "node:fs/promises";
import { OnnxFormatError, type OnnxModel, openOnnx } from "@cellstate/onnx";
import type { Session } from "@cellstate/tensor";
import { DamagedFileError } from "../errors.ts";
import { inputFile } from "./input-file.ts";

/**
 * The model in a file that the command line names.
 *
 * @throws {DamagedFileError} if the bytes are no model, naming the file
 * @throws {OnnxUnsupportedError | OnnxLimitError} as `openOnnx`
 */
export async function openOnnxFile(file: string, session: Session): Promise<OnnxModel> {
  const bytes = await readFile(await inputFile(file));
  try {
    return openOnnx(bytes, { session });
  } catch (error) {
    if (error instanceof OnnxFormatError) throw new DamagedFileError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}
