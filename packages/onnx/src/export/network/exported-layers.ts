/** The closed list of layers that can be written, by Keras's class name. */
import { OnnxExportError } from "../../errors.ts";
import { batchNormalization, dense, embedding, layerNormalization } from "./affine.ts";
import { additiveAttention, attention, multiHeadAttention } from "./attention.ts";
import { convLstm } from "./conv-lstm.ts";
import { activationLayer, asItIs, elu, leakyRelu, masking, relu, softmax } from "./elementwise.ts";
import type { ExportedLayer } from "./exported-layer.ts";
import { addLayer, average, concatenate, dot, maximum, minimum, multiply, subtract } from "./merging.ts";
import { cropping1d, flatten, permute, repeatVector, reshapeLayer, upSampling1d, zeroPadding1d } from "./moving.ts";
import { bidirectional, gru, lstm, simpleRnn } from "./recurrent.ts";
import { timeDistributed } from "./time-distributed.ts";
import { averagePooling1d, conv1d, globalAveragePooling1d, globalMaxPooling1d, maxPooling1d } from "./windows.ts";

const layers: Readonly<Record<string, unknown>> = {
  Dense: dense,
  Embedding: embedding,
  LSTM: lstm,
  GRU: gru,
  SimpleRNN: simpleRnn,
  Bidirectional: bidirectional,
  ConvLSTM1D: convLstm,
  ConvLSTM2D: convLstm,
  TimeDistributed: timeDistributed(exportedLayer),
  Activation: activationLayer,
  ReLU: relu,
  LeakyReLU: leakyRelu,
  ELU: elu,
  Softmax: softmax,
  Dropout: asItIs,
  SpatialDropout1D: asItIs,
  GaussianNoise: asItIs,
  Masking: masking,
  RepeatVector: repeatVector,
  Flatten: flatten,
  Reshape: reshapeLayer,
  Permute: permute,
  ZeroPadding1D: zeroPadding1d,
  Cropping1D: cropping1d,
  UpSampling1D: upSampling1d,
  LayerNormalization: layerNormalization,
  BatchNormalization: batchNormalization,
  Conv1D: conv1d,
  MaxPooling1D: maxPooling1d,
  AveragePooling1D: averagePooling1d,
  GlobalMaxPooling1D: globalMaxPooling1d,
  GlobalAveragePooling1D: globalAveragePooling1d,
  Attention: attention,
  AdditiveAttention: additiveAttention,
  MultiHeadAttention: multiHeadAttention,
  Add: addLayer,
  Subtract: subtract,
  Multiply: multiply,
  Average: average,
  Maximum: maximum,
  Minimum: minimum,
  Concatenate: concatenate,
  Dot: dot,
};

/** @throws {OnnxExportError} naming the class, if it cannot be written */
export function exportedLayer(className: string): ExportedLayer {
  if (Object.hasOwn(layers, className)) return layers[className] as ExportedLayer;
  throw new OnnxExportError(`layers of the class ${className} cannot be written as ONNX`);
}
