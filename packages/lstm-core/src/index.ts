/** The public names of @cellstate/lstm-core. */

export { poolOverTime } from "@cellstate/tensor";
// cells and layers
export { type LstmState, lstmCell } from "./cells/lstm-cell.ts";
// errors
export { OptionError, StateDictError } from "./errors.ts";
// initializers
export { glorotUniform } from "./initializers/glorot-uniform.ts";
export { constant, type Initializer, normal, ones, uniform, zeros } from "./initializers/initializer.ts";
export { orthogonal } from "./initializers/orthogonal.ts";
export { forgetBias, perGate } from "./initializers/per-gate.ts";
export { Dropout } from "./layers/dropout.ts";
export { Embedding, type EmbeddingOptions } from "./layers/embedding.ts";
export { LayerNorm, type LayerNormOptions } from "./layers/layer-norm.ts";
export { Linear, type LinearOptions } from "./layers/linear.ts";
export { Lstm, type LstmForwardOptions, type LstmOptions, type LstmResult } from "./layers/lstm.ts";
export { buildBlank, makeParameter, type ParameterOptions } from "./layers/parameter.ts";
// losses
export { balancedClassWeights } from "./losses/class-weights.ts";
export { type CrossEntropyOptions, crossEntropy } from "./losses/cross-entropy.ts";
// modules
export {
  evaluationStep,
  loadStateDict,
  type Module,
  namedParameters,
  parameterCount,
  type StepContext,
  stateDict,
} from "./module.ts";
// pooling
export { type Pooling, poolLstm } from "./pooling.ts";
