/**
 * The layers of Keras that are taken over, and what becomes of each of their options: it is taken, or nothing but one value of it can be taken over. A closed list: what is in none of them is refused by name.
 */

/** What becomes of the options of a class of layers. */
export interface LayerTable {
  /** Options that our layer has too. */
  readonly takes: readonly string[];
  /** Options of which only this value, or null, can be taken over. */
  readonly only?: Readonly<Record<string, unknown>>;
}

/** Of LSTM, GRU and SimpleRNN. */
const RECURRENT = [
  "units",
  "activation",
  "use_bias",
  "dropout",
  "recurrent_dropout",
  "return_sequences",
  "return_state",
  "go_backwards",
  "stateful",
  "zero_output_for_mask",
];
const RECURRENT_ONLY = { time_major: false };
const POOLING = { takes: ["pool_size", "strides", "padding"], only: { data_format: "channels_last" } };
const GLOBAL_POOLING = { takes: ["keepdims"], only: { data_format: "channels_last" } };
const PLAIN: LayerTable = { takes: [] };

export const LAYER_TABLES: Readonly<Record<string, LayerTable>> = {
  Activation: { takes: ["activation"] },
  Add: PLAIN,
  AdditiveAttention: { takes: ["use_scale", "dropout", "use_causal_mask"] },
  Attention: { takes: ["use_scale", "score_mode", "dropout", "use_causal_mask"] },
  Average: PLAIN,
  AveragePooling1D: POOLING,
  BatchNormalization: {
    takes: ["axis", "momentum", "epsilon", "center", "scale"],
    only: { renorm: false, virtual_batch_size: null, adjustment: null, mode: 0 },
  },
  Bidirectional: { takes: ["merge_mode"] },
  Concatenate: { takes: ["axis"] },
  Conv1D: {
    takes: ["filters", "kernel_size", "strides", "padding", "dilation_rate", "activation", "use_bias"],
    only: { data_format: "channels_last", groups: 1 },
  },
  ConvLSTM1D: CONV_LSTM(),
  ConvLSTM2D: CONV_LSTM(),
  Cropping1D: { takes: ["cropping"] },
  Dense: { takes: ["units", "activation", "use_bias"], only: { enable_lora: false } },
  Dot: { takes: ["axes", "normalize"] },
  Dropout: { takes: ["rate"], only: { noise_shape: null } },
  ELU: { takes: ["alpha"] },
  Embedding: { takes: ["input_dim", "output_dim", "mask_zero"] },
  Flatten: { takes: [], only: { data_format: "channels_last" } },
  GaussianNoise: { takes: ["stddev"] },
  GRU: { takes: [...RECURRENT, "recurrent_activation", "reset_after"], only: RECURRENT_ONLY },
  GlobalAveragePooling1D: GLOBAL_POOLING,
  GlobalMaxPooling1D: GLOBAL_POOLING,
  InputLayer: { takes: [], only: { sparse: false, ragged: false, optional: false } },
  LSTM: { takes: [...RECURRENT, "recurrent_activation", "unit_forget_bias"], only: RECURRENT_ONLY },
  LayerNormalization: { takes: ["axis", "epsilon", "center", "scale"], only: { rms_scaling: false } },
  LeakyReLU: { takes: ["negative_slope"] },
  Masking: { takes: ["mask_value"] },
  MaxPooling1D: POOLING,
  Maximum: PLAIN,
  Minimum: PLAIN,
  MultiHeadAttention: {
    takes: ["num_heads", "key_dim", "value_dim", "dropout", "use_bias", "use_causal_mask"],
    only: { output_shape: null, attention_axes: [1], flash_attention: null },
  },
  Multiply: PLAIN,
  Normalization: { takes: ["axis"], only: { mean: null, variance: null, invert: false } },
  Permute: { takes: ["dims"] },
  ReLU: { takes: ["max_value", "negative_slope", "threshold"] },
  RepeatVector: { takes: ["n"] },
  Reshape: { takes: ["target_shape"] },
  SimpleRNN: { takes: RECURRENT, only: RECURRENT_ONLY },
  Softmax: { takes: ["axis"] },
  SpatialDropout1D: { takes: ["rate"] },
  Subtract: PLAIN,
  TimeDistributed: PLAIN,
  UpSampling1D: { takes: ["size"] },
  ZeroPadding1D: { takes: ["padding"] },
};

function CONV_LSTM(): LayerTable {
  return {
    takes: [
      ...RECURRENT.filter((option) => option !== "units"),
      "filters",
      "kernel_size",
      "strides",
      "padding",
      "dilation_rate",
      "recurrent_activation",
      "unit_forget_bias",
    ],
    only: { data_format: "channels_last", time_major: false },
  };
}

/** Layers that do nothing outside training become a dropout of nothing. */
export const IDENTITIES: readonly string[] = ["GaussianDropout", "AlphaDropout", "ActivityRegularization", "Identity"];

/** Options of any layer that change no prediction. */
export function changesNoPrediction(option: string): boolean {
  return NO_PREDICTION.has(option) || /_(initializer|regularizer|constraint)$/.test(option);
}

const NO_PREDICTION: ReadonlySet<string> = new Set([
  "name",
  "trainable",
  "dtype",
  "dtype_policy",
  "autocast",
  "dynamic",
  "batch_input_shape",
  "batch_shape",
  "shape",
  "input_shape",
  "input_dim",
  "input_length",
  "input_dtype",
  "batch_size",
  "build_config",
  "module",
  "registered_name",
  "implementation",
  "unroll",
  "seed",
  "use_cudnn",
  "reset_states",
  "supports_masking",
  "lora_rank",
  "lora_alpha",
  "quantization_config",
  "synchronized",
  "layer",
  "backward_layer",
  "num_constants",
  "renorm_clipping",
  "renorm_momentum",
  "fused",
  // Keras 1
  "consume_less",
  "init",
  "inner_init",
  "forget_bias_init",
  "W_regularizer",
  "U_regularizer",
  "b_regularizer",
  "W_constraint",
  "U_constraint",
  "b_constraint",
  "beta_init",
  "gamma_init",
  "weights",
  "create_input_layer",
  "dropout_of_rows",
]);
