/** N-d arrays, autograd, random streams, backends and safetensors: the public names of `@cellstate/tensor`. */

// Sessions, tensors, memory
export { createSession, Scope, Session, type SessionOptions, type TensorOptions } from "./session.ts";
export { Tensor } from "./tensor.ts";
export type { DType, FloatType, TypedArray } from "./dtype.ts";
export { type BackendName, numericsVersion } from "./backend.ts";

// Differentiation
export { backward, Gradients } from "./autograd/backward.ts";
export { type DenseGradient, denseGradient, type Gradient, type SparseGradient } from "./autograd/gradient.ts";

// Ops
export { add, div, exp, log, maximum, mul, neg, relu, sigmoid, sqrt, square, sub, tanh } from "./ops/elementwise.ts";
export { max, mean, sum } from "./ops/reductions.ts";
export { concat, reshape, slice, stack, transpose } from "./ops/layout.ts";
export { linear, matmul, type MatmulOptions } from "./ops/matmul.ts";
export { argMax, logSoftmax, softmax, topK } from "./ops/softmax.ts";
export { embedding, type EmbeddingOptions, gatherRows } from "./ops/rows.ts";
export { dropout, type DropoutAddress, poolOverTime } from "./ops/sequence.ts";
export { lstm, type LstmOptions, type LstmOutput, type LstmState, type LstmWeights } from "./ops/lstm.ts";
export { attend, type AttentionScore } from "./ops/attention.ts";
export { crossEntropy, type CrossEntropyOptions } from "./ops/cross-entropy.ts";
export { type AdamStepOptions, adamStep, type SgdStepOptions, sgdStep, sumOfSquares } from "./ops/optimize.ts";

// Random numbers and deterministic functions
export { RandomStream, Rng } from "./random.ts";
export * as scalar from "./scalar.ts";

// Files
export { decodeSafetensors, encodeSafetensors, type TensorData } from "./safetensors.ts";

// Errors
export {
  AutogradError,
  BackendError,
  DTypeError,
  IndexError,
  SafetensorsError,
  ScopeError,
  ShapeError,
} from "./errors.ts";
