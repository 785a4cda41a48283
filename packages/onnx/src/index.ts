/** The public names of @cellstate/onnx. */

// errors
export {
  OnnxFormatError,
  OnnxInputError,
  OnnxLimitError,
  OnnxNodeError,
  OnnxUnsupportedError,
} from "./errors.ts";
// reading
export type { ElementType } from "./file/element-types.ts";
export type { ExternalData } from "./file/tensors.ts";
export type { OnnxLimits } from "./limits.ts";
export {
  type OnnxFeed,
  type OnnxModel,
  type OnnxPort,
  type OnnxTensor,
  type OpenOnnxOptions,
  openOnnx,
} from "./open-onnx.ts";
export { onnxOperators } from "./ops.ts";
