/** Keras-shaped models: the public names of `@cellstate/layers`. */

// data
export type { NestedNumbers, NumberArray, Numbers } from "./data/arrays.ts";
export type { ModelData } from "./data/model-data.ts";
export { Predictions } from "./data/predictions.ts";
// errors
export { DataError, ModelError } from "./errors.ts";
// layers
export { type CommonLayerOptions, Layer } from "./graph/layer.ts";
export type { TensorPlace } from "./graph/numbered-graph.ts";
export type { SymbolicTensor } from "./graph/symbolic.ts";
export { activation, eluLayer, leakyReluLayer, reluLayer, softmaxLayer } from "./layers/activation.ts";
export { additiveAttention, attention, multiHeadAttention } from "./layers/attention.ts";
export { batchNormalization } from "./layers/batch-normalization.ts";
export { averagePooling1d, conv1d, maxPooling1d } from "./layers/convolution.ts";
export { type DenseOptions, dense } from "./layers/dense.ts";
export { dropout, gaussianNoise, spatialDropout1d } from "./layers/dropout.ts";
export { type EmbeddingOptions, embedding } from "./layers/embedding.ts";
export { globalAveragePooling1d, globalMaxPooling1d } from "./layers/global-pooling.ts";
export { input } from "./layers/input.ts";
export { layerNormalization } from "./layers/layer-normalization.ts";
export { masking } from "./layers/masking.ts";
export {
  addLayer,
  averageLayer,
  concatenate,
  dot,
  maximumLayer,
  minimumLayer,
  multiplyLayer,
  subtractLayer,
} from "./layers/merge.ts";
export type { GruOptions, LstmOptions } from "./layers/recurrent/cells.ts";
export { convLstm1d, convLstm2d } from "./layers/recurrent/conv-lstm.ts";
export type { RecurrentOptions } from "./layers/recurrent/options.ts";
export type { MergeMode } from "./layers/recurrent/plan.ts";
export { bidirectional, gru, lstm, simpleRnn } from "./layers/recurrent/recurrent.ts";
export { type LayerConfig, layerClassNames, layerConfig, layerFromConfig } from "./layers/registry.ts";
export { cropping1d, upSampling1d, zeroPadding1d } from "./layers/resizing.ts";
export { flatten, permute, repeatVector, reshapeLayer } from "./layers/shaping.ts";
export { type StepLayers, timeDistributed } from "./layers/time-distributed.ts";
// models
export { model, sequential } from "./model/create-model.ts";
export { loadModel, modelFromConfig } from "./model/load-model.ts";
export { type BuildOptions, Model, type PredictOptions } from "./model/model.ts";
export type { LayersNetwork, NetworkNode, StepNetwork } from "./model/network.ts";
export type { ModelConfig } from "./model/save-files.ts";
export type { LayerShape } from "./shape.ts";
// training
export {
  type Callback,
  csvLogger,
  type EarlyStoppingOptions,
  earlyStopping,
  learningRateScheduler,
  type ModelCheckpointOptions,
  modelCheckpoint,
  type ReduceLROnPlateauOptions,
  reduceLROnPlateau,
  type TrainingControl,
  terminateOnNaN,
} from "./train/callbacks.ts";
export type { CompileOptions } from "./train/compiled.ts";
export type { EvaluateOptions } from "./train/evaluate.ts";
export type { GivenBatch, GivenBatches, TrainingData } from "./train/examples.ts";
export type { FitOptions, History } from "./train/fit.ts";
export type { LossFunction, LossOption } from "./train/losses.ts";
export type { MetricOption, OwnMetric } from "./train/metrics.ts";
export type { OptimizerOption } from "./train/optimizers.ts";
export { type ProgressOutput, progressLine } from "./train/progress.ts";
export type { LearningRateSchedule } from "./train/schedules.ts";
export type { Logs } from "./train/trainer.ts";
export type { InitializerName, InitializerOption } from "./weights/initializers.ts";
export type { WeightValues } from "./weights/weight.ts";
export type { ConstraintOption, RegularizerOption } from "./weights/weight-options.ts";
