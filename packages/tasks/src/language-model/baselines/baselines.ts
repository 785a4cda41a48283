/** The n-gram models that a language model stands beside. */
import { z } from "zod";
import type { TextLoss } from "../metrics.ts";
import type { TextExample } from "../segments.ts";
import { trainingText } from "../training-text.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { KneserNey, type NgramCounts, ngramCounts } from "./kneser-ney.ts";

export const learnedNgrams: z.ZodType<LearnedNgrams> = z.object({ unigram: ngramCounts, kneserNey: ngramCounts });
export interface LearnedNgrams {
  readonly unigram: NgramCounts;
  readonly kneserNey: NgramCounts;
}

/** Tokens of train that are counted, from its start. */
const MAX_TOKENS = 1_000_000;
/** Words of an n-gram where tokens are characters, and where they are longer. */
const CHARACTER_ORDER = 5;
const WORD_ORDER = 3;

export async function learnNgrams(
  train: AsyncIterable<TextExample>,
  vocabulary: Vocabulary,
  isByCharacter: boolean,
): Promise<LearnedNgrams> {
  const text = (await trainingText(train, { startId: vocabulary.startId, isByLine: false }, 0))(0);
  const ids = text.subarray(1, 1 + MAX_TOKENS);
  const fit = (order: number) =>
    KneserNey.fit(ids, { order, vocabSize: vocabulary.size, startId: vocabulary.startId }).save();
  return { unigram: fit(1), kneserNey: fit(isByCharacter ? CHARACTER_ORDER : WORD_ORDER) };
}

export function ngramModels(learned: LearnedNgrams): Record<keyof LearnedNgrams, (example: TextExample) => TextLoss> {
  const scorer = (counts: NgramCounts) => {
    const model = KneserNey.load(counts);
    return ({ ids, context }: TextExample) => ({ nats: model.nats(ids, context + 1) });
  };
  return { unigram: scorer(learned.unigram), kneserNey: scorer(learned.kneserNey) };
}
