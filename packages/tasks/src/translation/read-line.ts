/** From a saved line of predictions back to the translation. */
import { z } from "zod";
import type { PredictionLine } from "../task.ts";
import type { PairExample } from "./data.ts";
import type { Translation } from "./predict.ts";

const translationLine = z.looseObject({ index: z.int().min(0), reference: z.string(), prediction: z.string() });

/**
 * The translation and its reference; how likely the reference was is not in the line.
 *
 * @throws {RangeError} if the line lacks something
 */
export function readTranslationLine(line: PredictionLine): {
  readonly prediction: Translation;
  readonly example: PairExample;
} {
  const { data } = translationLine.safeParse(line);
  if (data === undefined) throw new RangeError("predictions: expected index, reference and prediction in each line");
  const { index, reference, prediction } = data;
  return {
    prediction: { text: prediction, referenceLoss: undefined },
    example: { index, source: "", sourceIds: [], reference, targetIds: undefined },
  };
}
