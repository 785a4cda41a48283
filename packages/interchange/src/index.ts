/** The public names of @cellstate/interchange; none of them needs a file system. */

export { InterchangeError, ModelFormatError, UnsupportedModelError } from "./errors.ts";
export { type ImportedKeras, type ImportKerasOptions, importKeras } from "./keras/import-keras.ts";
export type { ReadFile } from "./keras/open-keras.ts";
export type { TextVectorization } from "./keras/text-vectorization.ts";
export type { KerasLoss } from "./keras/training-loss.ts";
export { readPyTorch, type TorchContents } from "./pytorch/read-pytorch.ts";
