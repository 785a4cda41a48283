/** The words of Keras 1 in those of later ones. */

/** Classes that were renamed, in Keras 1 or later. */
export const RENAMED_CLASSES: Readonly<Record<string, string>> = {
  Convolution1D: "Conv1D",
  AtrousConvolution1D: "Conv1D",
  CuDNNLSTM: "LSTM",
  CuDNNGRU: "GRU",
  TimeDistributedDense: "TimeDistributed",
  BatchNormalizationV1: "BatchNormalization",
  BatchNormalizationV2: "BatchNormalization",
  LSTMV2: "LSTM",
  GRUV2: "GRU",
  MaxPool1D: "MaxPooling1D",
  AvgPool1D: "AveragePooling1D",
  GlobalMaxPool1D: "GlobalMaxPooling1D",
  GlobalAvgPool1D: "GlobalAveragePooling1D",
};

/** By class; "" are those of all classes. */
const RENAMED_OPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "": {
    output_dim: "units",
    bias: "use_bias",
    inner_activation: "recurrent_activation",
    dropout_W: "dropout",
    dropout_U: "recurrent_dropout",
  },
  Embedding: { output_dim: "output_dim", dropout: "dropout_of_rows" },
  Dropout: { p: "rate" },
  SpatialDropout1D: { p: "rate" },
  Conv1D: {
    nb_filter: "filters",
    filter_length: "kernel_size",
    subsample_length: "strides",
    border_mode: "padding",
    atrous_rate: "dilation_rate",
  },
  MaxPooling1D: { pool_length: "pool_size", stride: "strides", border_mode: "padding" },
  AveragePooling1D: { pool_length: "pool_size", stride: "strides", border_mode: "padding" },
  Attention: { causal: "use_causal_mask" },
  AdditiveAttention: { causal: "use_causal_mask" },
  GaussianNoise: { sigma: "stddev" },
  UpSampling1D: { length: "size" },
  LeakyReLU: { alpha: "negative_slope" },
};

/** The name of an option today; the same where it was never another. */
export function optionName(className: string, option: string): string {
  const own = RENAMED_OPTIONS[className];
  if (own !== undefined && Object.hasOwn(own, option)) return own[option]!;
  const all = RENAMED_OPTIONS[""]!;
  return Object.hasOwn(all, option) ? all[option]! : option;
}
