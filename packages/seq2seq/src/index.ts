/** The public names of @cellstate/seq2seq. */

// attention
export { AdditiveAttention } from "./attention/additive.ts";
export type { Attended, Attention, AttentionMemory, AttentionOptions } from "./attention/attention.ts";
export { GeneralAttention } from "./attention/general.ts";
// model
export { Decoder, type DecoderOptions, type DecoderState, type DecoderStep, type TargetVocabulary } from "./decoder.ts";
export { type Encoded, Encoder, type EncoderOptions, type SourceVocabulary } from "./encoder.ts";
// errors
export { SearchError } from "./errors.ts";
// search
export { beamSearch, type SearchOptions } from "./search/beam.ts";
export { type GreedyOptions, greedySearch } from "./search/greedy.ts";
export type { FloatArray, Hypothesis } from "./search/hypothesis.ts";
export { lengthPenalty } from "./search/length-penalty.ts";
export { Seq2Seq, type Seq2SeqOptions } from "./seq2seq.ts";
export {
  type TeacherForcingOptions,
  type TranslationBatch,
  teacherForcing,
} from "./teacher-forcing.ts";
