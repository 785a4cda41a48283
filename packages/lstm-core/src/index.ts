/** The public names of @cellstate/lstm-core. */

export { type LstmState, OptionError, poolOverTime, type RecurrentState } from "@cellstate/tensor";
// activations
export {
  type Activation,
  type ActivationFunction,
  type ActivationName,
  activationNames,
  resolveActivation,
} from "./activations/activations.ts";
export {
  hardShrink,
  hardSigmoid,
  hardSigmoidLegacy,
  hardSwish,
  hardTanh,
  leakyRelu,
  relu6,
  softShrink,
  thresholdedRelu,
} from "./activations/piecewise.ts";
export {
  celu,
  elu,
  gelu,
  geluTanh,
  logSigmoid,
  mish,
  selu,
  softplus,
  squareplus,
  swish,
  tanhShrink,
} from "./activations/smooth.ts";
// attention
export {
  type AttendOptions,
  type AttentionResult,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./attention/multi-head-attention.ts";
// cells and layers
export { Cifg, cifgCell } from "./cells/cifg.ts";
export { type GruCellOptions, gruCell } from "./cells/gru-cell.ts";
export { type LstmCellOptions, lstmCell } from "./cells/lstm-cell.ts";
export { Mgu, mguCell } from "./cells/mgu.ts";
export { type RnnCellOptions, rnnCell } from "./cells/rnn-cell.ts";
// characters
export { CharCnn, type CharCnnOptions } from "./characters/char-cnn.ts";
export { CharLstm, type CharLstmOptions } from "./characters/char-lstm.ts";
export { type CharacterEncoder, type PaddedWords, padWords } from "./characters/padded-words.ts";
// convolution and pooling over time
export {
  ConvLstm1d,
  ConvLstm2d,
  type ConvLstmForwardOptions,
  type ConvLstmOptions,
  type ConvLstmResult,
} from "./convolution/conv-lstm.ts";
export { Conv1d, type Conv1dOptions } from "./convolution/conv1d.ts";
export { averagePool1d, maxPool1d, type PoolOptions } from "./convolution/pool1d.ts";
export { type Padding, type Windows, windowCount } from "./convolution/windows.ts";
// tags of sequences
export { type TagConstraints, type TagScheme, tagConstraints, tagSchemes } from "./crf/constraints.ts";
export { Crf, type CrfLossOptions, type CrfOptions } from "./crf/crf.ts";
export type { TagPath } from "./crf/viterbi.ts";
// labels without places
export {
  type CtcBeamSearchOptions,
  type CtcDecodeOptions,
  type CtcHypothesis,
  ctcBeamSearch,
  ctcGreedy,
} from "./ctc/ctc-decode.ts";
export { type CtcLossOptions, ctcLoss } from "./ctc/ctc-loss.ts";
// errors
export { NamePatternError, SequenceError, StateDictError } from "./errors.ts";
// initializers
export { glorotUniform } from "./initializers/glorot-uniform.ts";
export { constant, type Initializer, normal, ones, uniform, zeros } from "./initializers/initializer.ts";
export { orthogonal } from "./initializers/orthogonal.ts";
export { eachGate, forgetBias, gruGates, lstmGates, perGate } from "./initializers/per-gate.ts";
export { truncatedNormal } from "./initializers/truncated-normal.ts";
export { type Fans, type VarianceScalingOptions, varianceScaling } from "./initializers/variance-scaling.ts";
export { BagEmbedding, type BagEmbeddingOptions } from "./layers/bag-embedding.ts";
export { BatchNorm, type BatchNormOptions } from "./layers/batch-norm.ts";
export {
  type BuildRecurrentOptions,
  buildRecurrent,
  type RecurrentKindName,
  recurrentKindNames,
} from "./layers/build-recurrent.ts";
export { type Cell, type CellOptions, type ComposedKind, composedKind } from "./layers/composed.ts";
export { type CellChoice, type CellParts, defineCell, type OptionsOf } from "./layers/define-cell.ts";
export { Dropout } from "./layers/dropout.ts";
export { Embedding, type EmbeddingOptions } from "./layers/embedding.ts";
export {
  EmbeddingDropout,
  type EmbeddingDropoutRates,
  RowDropout,
  WordDropout,
} from "./layers/embedding-dropout.ts";
export { Gru, type GruOptions } from "./layers/gru.ts";
export { LayerNorm, type LayerNormOptions } from "./layers/layer-norm.ts";
export { Linear, type LinearOptions } from "./layers/linear.ts";
export { Lstm, type LstmOptions } from "./layers/lstm.ts";
export { buildBlank, makeParameter, type ParameterOptions } from "./layers/parameter.ts";
export { RecurrentLayers } from "./layers/recurrent.ts";
export type { ActivationOptions } from "./layers/recurrent-activations.ts";
export type { DirectionRun, LayerDraws, LayerResult, MakeWeight, RecurrentKind } from "./layers/recurrent-kind.ts";
export {
  detachState,
  type RecurrentForwardOptions,
  type RecurrentModule,
  type RecurrentResult,
} from "./layers/recurrent-module.ts";
export {
  type MergeMode,
  mergeModes,
  type ReadingOrder,
  type RecurrentLayerOptions,
  readingOrders,
} from "./layers/recurrent-options.ts";
export { Rnn, type RnnLayerOptions } from "./layers/rnn.ts";
export { stackedWeights } from "./layers/stacked-weights.ts";
export { TiedLinear, type TiedLinearOptions } from "./layers/tied-linear.ts";
export { type RowModule, TimeDistributed } from "./layers/time-distributed.ts";
export type { WeightDropOptions } from "./layers/weight-drop.ts";
export type { BiasOptions } from "./layers/without-bias.ts";
export type { ZoneoutRates } from "./layers/zoneout.ts";
// losses
export type { BatchLoss } from "./losses/batch-loss.ts";
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./losses/binary-cross-entropy.ts";
export type { ClassLossOptions } from "./losses/class-targets.ts";
export { balancedClassWeights } from "./losses/class-weights.ts";
export { cosineSimilarityLoss } from "./losses/cosine-similarity.ts";
export { type CountOptions, type Reduction, reductions } from "./losses/counted-targets.ts";
export {
  type CrossEntropyOptions,
  crossEntropy,
  type LinearCrossEntropyOptions,
  linearCrossEntropy,
} from "./losses/cross-entropy.ts";
export { type BinaryFocalOptions, binaryFocalLoss, type FocalOptions, focalLoss } from "./losses/focal.ts";
export {
  type GaussianNllOptions,
  type GaussianParameters,
  gaussianNll,
  gaussianParameters,
} from "./losses/gaussian.ts";
export { categoricalHingeLoss, hingeLoss, squaredHingeLoss } from "./losses/hinge.ts";
export { klDivergence } from "./losses/kl-divergence.ts";
export { type LossName, losses, lossNames } from "./losses/losses.ts";
export {
  type NegativeBinomialNllOptions,
  type NegativeBinomialParameters,
  negativeBinomialNll,
  negativeBinomialParameters,
} from "./losses/negative-binomial.ts";
export { type Density, negativeLogDensity } from "./losses/negative-binomial-density.ts";
export { type PoissonNllOptions, poissonNll } from "./losses/poisson.ts";
export { type QuantileOptions, quantileLoss } from "./losses/quantile.ts";
export { absolutePercentageError, squaredLogarithmicError } from "./losses/relative-errors.ts";
export {
  absoluteError,
  type HuberOptions,
  huberLoss,
  logCoshLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from "./losses/robust-errors.ts";
export { squaredError } from "./losses/squared-error.ts";
// softmax over many classes
export { AdaptiveSoftmax, type AdaptiveSoftmaxOptions } from "./many-classes/adaptive-softmax.ts";
export { type CandidateOptions, type Candidates, logUniformCandidates } from "./many-classes/log-uniform.ts";
export { type SampledSoftmaxOptions, sampledSoftmaxLoss } from "./many-classes/sampled-softmax.ts";
// modules
export {
  evaluationStep,
  type GateWatch,
  loadStateDict,
  type Module,
  namedBuffers,
  namedParameters,
  parameterCount,
  type SeenGates,
  type StepContext,
  stateDict,
} from "./module.ts";
export { matchesName, namesMatching } from "./name-pattern.ts";
// padded rows
export { checkPaddedIds, mapRealPositions, type PaddedIds, padIds, realPositions } from "./padding.ts";
// penalties and constraints of weights and outputs
export {
  type ActivationPenaltyOptions,
  activationPenalty,
  temporalActivationPenalty,
} from "./penalties/activation-penalty.ts";
export {
  applyConstraint,
  applyConstraints,
  type Constraint,
  type ConstraintRule,
  constraintKinds,
  type MaxNorm,
  type MinMaxNorm,
  type NonNegative,
  type UnitNorm,
} from "./penalties/constraints.ts";
export { hasOutputPenalties, type OutputPenaltyFactors, penalizeOutput } from "./penalties/output-penalties.ts";
export { type WeightPenaltyRule, weightPenalty } from "./penalties/weight-penalty.ts";
// pooling
export type { Pooling, PoolingOptions } from "./pooling/pooling.ts";
export { buildPooling, type PoolingChoice, type PoolingName, poolingNames } from "./pooling/poolings.ts";
export { SelfAttentionPooling, type SelfAttentionPoolingOptions } from "./pooling/self-attention.ts";
// words to who builds layers
export { withoutWarnings } from "./warn.ts";
// xLSTM
export { Mlstm, type MlstmOptions, type MlstmState, type MlstmWeights, mlstmCell } from "./xlstm/mlstm.ts";
export { type MlstmBlockState, MlstmBlocks } from "./xlstm/mlstm-blocks.ts";
export { Slstm, type SlstmOptions } from "./xlstm/slstm.ts";
export { type SlstmBlockState, SlstmBlocks } from "./xlstm/slstm-blocks.ts";
export { type SlstmState, type SlstmWeights, slstmCell } from "./xlstm/slstm-cell.ts";
