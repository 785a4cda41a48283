/** The scores of translations. */
import { type BleuTokenizer, bleu, exactMatch as exactMatchOf, sumCounts, type TextMetric } from "@cellstate/metrics";
import { defineMetric, meanLoss } from "@cellstate/training";
import type { Scores } from "../task.ts";
import type { PairExample } from "./data.ts";
import type { Translation } from "./predict.ts";
import type { ReferenceLoss } from "./reference-loss.ts";

export interface TextScoreOptions {
  /** Whether case is ignored. */
  readonly lowercase: boolean;
  /** How BLEU cuts texts into tokens. */
  readonly tokenize: BleuTokenizer;
}

/** Share of texts equal to their references, 0..1, but for surrounding white space. */
export const exactMatch = defineMetric(
  { name: "exactMatch", direction: "max", unit: "fraction", description: "share of texts equal to their references" },
  corpusScore,
);

/** BLEU, 0..100. */
export const corpusBleu = defineMetric(
  { name: "bleu", direction: "max", unit: "points", description: "BLEU, as sacreBLEU computes it" },
  corpusScore,
);

function corpusScore(metric: TextMetric, segments: readonly (readonly number[])[]): number {
  return metric.score(sumCounts(segments));
}

/** Whether a text equals its reference. */
export function isExactMatch(text: string, reference: string, { lowercase }: TextScoreOptions): boolean {
  return exactMatchOf({ lowercase }).count(text, [reference])[0] === 1;
}

type Counts = Readonly<Record<"bleu" | "exactMatch", readonly number[]>>;

/** What was counted of a translation; resampled scores ask for the same ones again and again. */
const counted = new WeakMap<Translation, { readonly options: TextScoreOptions; readonly counts: Counts }>();

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
  const { lowercase, tokenize } = options;
  const metrics = { bleu: bleu({ lowercase, tokenize }), exactMatch: exactMatchOf({ lowercase }) };
  const countsOf = (translation: Translation, reference: string): Counts => {
    const known = counted.get(translation);
    if (known?.options === options) return known.counts;
    const count = (metric: TextMetric) => metric.count(translation.text, [reference]);
    const counts = { bleu: count(metrics.bleu), exactMatch: count(metrics.exactMatch) };
    counted.set(translation, { options, counts });
    return counts;
  };
  const counts = examples.map(({ index, reference }, at) => {
    if (reference === undefined) throw new RangeError(`metrics: expected references, example ${index} has none`);
    return countsOf(translations[at]!, reference);
  });
  const losses = translations.flatMap(({ referenceLoss }) => referenceLoss ?? []);
  return {
    ...(losses.length > 0 && { loss: lossOf(losses) }),
    exactMatch: exactMatch(
      metrics.exactMatch,
      counts.map((own) => own.exactMatch),
    ),
    bleu: corpusBleu(
      metrics.bleu,
      counts.map((own) => own.bleu),
    ),
    bleuSignature: metrics.bleu.signature(),
  };
}

function lossOf(losses: readonly ReferenceLoss[]): number {
  return meanLoss(
    losses.map(({ mean }) => mean),
    losses.map(({ count }) => count),
  );
}
