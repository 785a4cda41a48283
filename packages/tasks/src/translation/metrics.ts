/** The scores of translations. */
import { defineMetric, meanLoss } from "@cellstate/training";
import type { Scores } from "../task.ts";
import { type BleuCounts, type BleuOptions, bleuOf, bleuSignature, segmentCounts } from "./bleu/bleu.ts";
import type { PairExample } from "./data.ts";
import type { Translation } from "./predict.ts";
import type { ReferenceLoss } from "./reference-loss.ts";

export interface TextScoreOptions extends BleuOptions {
  /** Whether case is ignored. */
  readonly lowercase: boolean;
}

/** Share of texts equal to their references, 0..1, but for surrounding white space. */
export const exactMatch = defineMetric(
  { name: "exactMatch", direction: "max", unit: "fraction", description: "share of texts equal to their references" },
  (texts: readonly string[], references: readonly string[], { lowercase }: TextScoreOptions) => {
    const comparable = (text: string) => (lowercase ? text.trim().toLowerCase() : text.trim());
    return texts.filter((text, index) => comparable(text) === comparable(references[index]!)).length / texts.length;
  },
);

/** See `bleu`. */
export const corpusBleu = defineMetric(
  { name: "bleu", direction: "max", unit: "points", description: "BLEU, as sacreBLEU computes it" },
  bleuOf,
);

/** What was counted of a translation; resampled scores ask for the same ones again and again. */
const counted = new WeakMap<Translation, { readonly options: TextScoreOptions; readonly counts: BleuCounts }>();

function countsOf(translation: Translation, reference: string, options: TextScoreOptions): BleuCounts {
  const known = counted.get(translation);
  if (known?.options === options) return known.counts;
  const counts = segmentCounts(translation.text, reference, options);
  counted.set(translation, { options, counts });
  return counts;
}

/** What a translator is scored by. */
export const translationMetrics = [meanLoss.info, exactMatch.info, corpusBleu.info];

/**
 * `loss` (mean over all tokens of all references, nats), where references were scored, `exactMatch`, `bleu` and `bleuSignature`.
 *
 * @throws {RangeError} unless every example has a reference and a translation, and there is at least one
 */
export function scoreTranslations(
  translations: readonly Translation[],
  examples: readonly PairExample[],
  options: TextScoreOptions,
): Scores {
  if (examples.length === 0 || translations.length !== examples.length) {
    throw new RangeError(
      `metrics: expected a translation for each of at least one example, got ${translations.length} for ${examples.length}`,
    );
  }
  const references = examples.map(({ index, reference }) => {
    if (reference === undefined) throw new RangeError(`metrics: expected references, example ${index} has none`);
    return reference;
  });
  const texts = translations.map(({ text }) => text);
  const losses = translations.flatMap(({ referenceLoss }) => referenceLoss ?? []);
  return {
    ...(losses.length > 0 && { loss: lossOf(losses) }),
    exactMatch: exactMatch(texts, references, options),
    bleu: corpusBleu(translations.map((translation, index) => countsOf(translation, references[index]!, options))),
    bleuSignature: bleuSignature(options),
  };
}

function lossOf(losses: readonly ReferenceLoss[]): number {
  return meanLoss(
    losses.map(({ mean }) => mean),
    losses.map(({ count }) => count),
  );
}
