/** Scores of texts beside references. */

export { type BleuOptions, type BleuSmoothing, bleu, bleuSmoothings } from "./bleu/bleu.ts";
export { type BleuTokenizer, bleuTokenizers, tokenizeForBleu } from "./bleu/tokenizers.ts";
export { type ChrfOptions, chrf } from "./chrf.ts";
export { characterErrorRate, editDistance, wordErrorRate } from "./error-rate.ts";
export { exactMatch } from "./exact-match.ts";
export { countSegments, type Resamples, SACREBLEU_VERSION, scoreCorpus, sumCounts, type TextMetric } from "./metric.ts";
export { rougeL } from "./rouge-l.ts";
export { formatFixed } from "./round.ts";
export {
  approximateRandomization,
  bootstrapInterval,
  DEFAULT_SEED,
  type PairedTest,
  pairedBootstrap,
  type ResamplingOptions,
  type ScoreInterval,
  type SegmentCounts,
} from "./significance.ts";
export { type TerOptions, ter } from "./ter/ter.ts";
