/** The public names of @cellstate/onnx. */

// errors
export {
  OnnxExportError,
  OnnxFormatError,
  OnnxInputError,
  OnnxLimitError,
  OnnxNodeError,
  OnnxUnsupportedError,
} from "./errors.ts";
// writing
export { type ClassifierSource, exportClassifier } from "./export/classifier.ts";
export { exportForecaster, type ForecasterSource } from "./export/forecaster.ts";
export type { Weight } from "./export/graph-builder.ts";
export { exportLanguageModel, type LanguageModelSource } from "./export/language-model.ts";
export type {
  LayerDescription,
  LayerShape,
  NodeDescription,
  StepsDescription,
  ValuePlace,
} from "./export/network/exported-layer.ts";
export { exportNetwork, type NetworkSource } from "./export/network/network.ts";
export { exportTagger, type TaggerSource } from "./export/tagger.ts";
export { exportTranslator, type TranslatorFiles, type TranslatorSource } from "./export/translator.ts";
export type { Parameters } from "./export/weights.ts";
// reading
export type { ElementType } from "./file/element-types.ts";
export { type OneFileOptions, onnxInOneFile } from "./file/one-file.ts";
export type { ExternalData } from "./file/tensors.ts";
export type { OnnxLimits } from "./limits.ts";
export {
  type OnnxFeed,
  type OnnxModel,
  type OnnxOutput,
  type OnnxPort,
  type OnnxTensor,
  type OpenOnnxOptions,
  openOnnx,
} from "./open-onnx.ts";
export { onnxOperators } from "./ops.ts";
