/** N-d arrays, autograd, random streams, backends and safetensors: the public names of `@cellstate/tensor`. */

export type { RnnActivation } from "./args/recurrent.ts";
// Differentiation
export { backward, Gradients } from "./autograd/backward.ts";
export { type DenseGradient, denseGradient, type Gradient, type SparseGradient } from "./autograd/gradient.ts";
export { GradientSum } from "./autograd/gradient-sum.ts";
export { type BackendName, numericsVersion, type PoolKind } from "./backend.ts";
// Sessions, tensors, memory
export { createSession, type SessionOptions } from "./create-session.ts";
export type { DType, FloatType, TypedArray } from "./dtype.ts";
// Errors
export {
  AutogradError,
  BackendError,
  DTypeError,
  IndexError,
  OptimizerError,
  OptionError,
  SafetensorsError,
  ScopeError,
  SessionError,
  ShapeError,
} from "./errors.ts";
export { type ElementType, elementTypes, type FileType } from "./file-types.ts";
// Options of plain JavaScript
export { type OptionNames, requireKnownOptions } from "./known-options.ts";
export { nearestName } from "./nearest-name.ts";
export { numericsChanges } from "./numerics-versions.ts";
// Ops
export { assign } from "./ops/assign.ts";
export { type AttentionScore, attend } from "./ops/attention.ts";
export {
  type AttendedSource,
  type AttentionalLstmOutput,
  type AttentionalLstmState,
  type AttentionalLstmWeights,
  attentionalLstm,
} from "./ops/attentional-lstm.ts";
export { equal, greater, greaterEqual, less, lessEqual, notEqual, where } from "./ops/compare.ts";
export { type CrossEntropyOptions, crossEntropy } from "./ops/cross-entropy.ts";
export {
  abs,
  add,
  clamp,
  cos,
  div,
  erf,
  exp,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  sin,
  softsign,
  sqrt,
  square,
  sub,
  tanh,
} from "./ops/elementwise.ts";
export { bidirectionalGru, type GruDirection, gru } from "./ops/gru.ts";
export { layerNorm } from "./ops/layer-norm.ts";
export {
  chunk,
  concat,
  detach,
  reshape,
  slice,
  split,
  splitRows,
  squeeze,
  stack,
  transpose,
  unsqueeze,
} from "./ops/layout.ts";
export { type LikeliestOptions, likeliest } from "./ops/likeliest.ts";
export { type LinearCrossEntropyOptions, linearCrossEntropy } from "./ops/linear-cross-entropy.ts";
export {
  bidirectionalLstm,
  type LstmDirection,
  type LstmNormWeights,
  type LstmOptions,
  type LstmOutput,
  type LstmState,
  type LstmWeights,
  lstm,
} from "./ops/lstm.ts";
export { linear, type MatmulOptions, matmul } from "./ops/matmul.ts";
export {
  type AdamaxParameter,
  type AdamaxStepOptions,
  type AdamParameter,
  type AdamStepOptions,
  adamaxStep,
  adamStep,
  type LambStepOptions,
  lambStep,
  type NadamStepOptions,
  nadamStep,
} from "./ops/optimizers/adam.ts";
export {
  type AdadeltaParameter,
  type AdadeltaStepOptions,
  type AdagradParameter,
  type AdagradStepOptions,
  adadeltaStep,
  adagradStep,
  type RmspropParameter,
  type RmspropStepOptions,
  rmspropStep,
} from "./ops/optimizers/by-squares.ts";
export {
  type AsgdParameter,
  type AsgdStepOptions,
  asgdStep,
  type LionParameter,
  type LionStepOptions,
  lionStep,
  type SgdParameter,
  type SgdStepOptions,
  sgdStep,
} from "./ops/optimizers/descent.ts";
export { type StepOptions, type SteppedParameter, sumOfSquares } from "./ops/optimizers/step.ts";
export type {
  BidirectionalOutput,
  RecurrentOptions,
  RecurrentOutput,
  RecurrentState,
  RecurrentWeights,
} from "./ops/recurrent.ts";
export { cumsum, max, mean, min, sum } from "./ops/reductions.ts";
export { type ResetBeforeWeights, resetBeforeGru } from "./ops/reset-before-gru.ts";
export { bidirectionalRnn, type RnnDirection, type RnnOptions, rnn } from "./ops/rnn.ts";
export { type EmbeddingOptions, embedding, gather, gatherRows } from "./ops/rows.ts";
export { type DropoutAddress, dropout, poolOverTime } from "./ops/sequence.ts";
export { argMax, argMin, logSoftmax, softmax, topK } from "./ops/softmax.ts";
// Random numbers and deterministic functions
export { orthonormalize } from "./orthonormal.ts";
export { RandomStream, Rng } from "./random.ts";
// Files
export { decodeSafetensors, encodeSafetensors, type SafetensorsOptions, type TensorData } from "./safetensors.ts";
export * as scalar from "./scalar.ts";
export { Scope, Session, type TensorOptions } from "./session.ts";
export { Tensor } from "./tensor.ts";
// Pages of one file
export { unsharedKernels } from "./unshared-kernels.ts";
