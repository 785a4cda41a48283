/** The scores of translations. */
import type { Metrics } from "../task.ts";
import { bleu, bleuSignature } from "./bleu.ts";
import type { PairExample } from "./data.ts";
import type { ReferenceLoss } from "./reference-loss.ts";

export interface TextScoreOptions {
  /** Whether case is ignored. */
  readonly lowercase: boolean;
}

/**
 * `exactMatch` (share of texts equal to their references but for surrounding white space), `bleu` 0..100, `bleuSignature`.
 *
 * @throws {RangeError} unless every example has a reference and a text, and there is at least one
 */
export function textScores(
  texts: readonly string[],
  examples: readonly PairExample[],
  { lowercase }: TextScoreOptions,
): Metrics {
  if (examples.length === 0 || texts.length !== examples.length) {
    throw new RangeError(
      `metrics: expected a translation for each of at least one example, got ${texts.length} for ${examples.length}`,
    );
  }
  const references = examples.map(({ index, reference }) => {
    if (reference === undefined) throw new RangeError(`metrics: expected references, example ${index} has none`);
    return reference;
  });
  const comparable = (text: string) => (lowercase ? text.trim().toLowerCase() : text.trim());
  const matches = texts.filter((text, index) => comparable(text) === comparable(references[index]!)).length;
  return {
    exactMatch: matches / texts.length,
    bleu: bleu(texts, references, { lowercase }),
    bleuSignature: bleuSignature({ lowercase }),
  };
}

/** Mean over all tokens of all references, nats. */
export function corpusLoss(losses: readonly ReferenceLoss[]): number {
  let sum = 0;
  let count = 0;
  for (const loss of losses) {
    sum += loss.mean * loss.count;
    count += loss.count;
  }
  return sum / count;
}
