/** The public names of @cellstate/interchange; none of them needs a file system. */

export { InterchangeError, ModelFormatError, UnsupportedModelError } from "./errors.ts";
export { readPyTorch, type TorchContents } from "./pytorch/read-pytorch.ts";
