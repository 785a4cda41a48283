/** The scores that a model's card tells, read back from the lines at its beginning. */
import { z } from "zod";

/** Scores of one split. */
export interface CardScores {
  readonly dataset: string;
  readonly split: string;
  /** By metric. */
  readonly values: Readonly<Record<string, number>>;
}

const index = z.tuple([
  z.looseObject({
    results: z.tuple(
      [
        z.looseObject({
          dataset: z.looseObject({ name: z.string(), split: z.string() }),
          metrics: z.array(z.looseObject({ name: z.string(), value: z.number() })),
        }),
      ],
      z.unknown(),
    ),
  }),
]);

/** The first scores of a card, those of the split that its model was not chosen by; undefined where it tells none, such as one written by hand. */
export function cardScores(card: string): CardScores | undefined {
  const line = /^model-index: (.*)$/m.exec(card)?.[1];
  const parsed = index.safeParse(parseJson(line ?? ""));
  if (!parsed.success) return undefined;
  const [{ dataset, metrics }] = parsed.data[0].results;
  return {
    dataset: dataset.name,
    split: dataset.split,
    values: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
