/** Explains the answer to one text by its words. */
import type { Session } from "@cellstate/tensor";
import { MissingSpecialTokenError, type Tokenizer } from "@cellstate/tokenizers";
import { ATTRIBUTION_KINDS, type Attribution, type ExplainOptions } from "../../attribution.ts";
import { encodeText } from "../../tokenizer/fit-tokenizer.ts";
import type { TextExample } from "../data.ts";
import type { TextClassifier } from "../model.ts";
import { type LabelPrediction, predictLabels, probabilitiesOf } from "../predict.ts";
import { integrateGradients } from "./integrated-gradients.ts";
import { occlude } from "./occlusion.ts";
import { wordsOfTokens } from "./words.ts";

/** A classifier and what its ids and classes mean. */
export interface ExplainedClassifier {
  readonly session: Session;
  readonly model: TextClassifier;
  readonly tokenizer: Tokenizer;
  readonly labels: readonly string[];
}

const DEFAULT_STEPS = 32;

/**
 * The answer to a text, as `predict` gives it, and how much each of its words counts in it.
 *
 * @throws {RangeError} if an option is none of its choices, or the unknown token is asked for and there is none
 */
export async function explainLabel(
  { session, model, tokenizer, labels }: ExplainedClassifier,
  example: TextExample,
  options: ExplainOptions,
): Promise<{ readonly prediction: LabelPrediction; readonly attribution: Attribution }> {
  const { kind = "occlusion", steps = DEFAULT_STEPS } = options;
  const unkId = replacementOf(tokenizer, options);
  if (!ATTRIBUTION_KINDS.includes(kind)) {
    throw new RangeError(`explain: expected kind to be ${ATTRIBUTION_KINDS.join(" or ")}, got ${String(kind)}`);
  }
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`explain: expected steps to be an integer >= 1, got ${steps}`);
  }
  const prediction = await predictOne(session, model, example);
  const { label } = prediction;
  const { ids, text } = example;
  const words = wordsOfTokens(text, encodeText(tokenizer, text));
  const scores =
    kind === "occlusion"
      ? await occlude(session, model, { ids, words, label, logProb: prediction.logProbs[label]!, unkId })
      : await gradientScores();
  return {
    prediction,
    attribution: {
      kind,
      answer: labels[label]!,
      probability: probabilitiesOf(prediction)[label]!,
      words: words.map(({ start, end }, word) => ({ text: text.slice(start, end), start, end, score: scores[word]! })),
    },
  };

  async function gradientScores(): Promise<number[]> {
    if (words.length === 0) return [];
    const ofTokens = await integrateGradients(session, model, { ids, label, steps });
    return words.map(({ first, last }) => ofTokens.subarray(first, last).reduce((sum, score) => sum + score, 0));
  }
}

async function predictOne(session: Session, model: TextClassifier, example: TextExample): Promise<LabelPrediction> {
  using _ = session.noGrad();
  using _scope = session.scope();
  const [prediction] = await predictLabels(model, [example]);
  return prediction!;
}

/** The unknown token, where words are replaced by it. */
function replacementOf(tokenizer: Tokenizer, { replaceBy = "nothing" }: ExplainOptions): number | undefined {
  if (replaceBy === "nothing") return undefined;
  if (replaceBy !== "unknown") {
    throw new RangeError(`explain: expected replaceBy to be nothing or unknown, got ${String(replaceBy)}`);
  }
  try {
    return tokenizer.unkId;
  } catch (error) {
    if (!(error instanceof MissingSpecialTokenError)) throw error;
    throw new RangeError("explain: the tokenizer has no unknown token to replace words by; use replaceBy: nothing", {
      cause: error,
    });
  }
}
