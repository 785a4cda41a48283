/** A tagger's answer as a saved line of predictions, and back; and as marked text for people. */
import { z } from "zod";
import type { MarkedPart } from "../report-section.ts";
import type { PredictionLine } from "../task.ts";
import { chunksOf, OUTSIDE } from "./chunks.ts";
import type { TaggedExample } from "./data.ts";
import type { TagPrediction } from "./predict.ts";
import type { TagSet } from "./tag-set.ts";

/** A span of the text, `[start, end)` in UTF-16 code units. */
const spanSchema = z.object({ start: z.int(), end: z.int(), label: z.string(), text: z.string() });
export type NamedSpan = z.infer<typeof spanSchema>;

/** The spans that tags stand for: each word by itself where tags are those of words. */
export function spansOf(
  names: readonly string[],
  { text, offsets }: Pick<TaggedExample, "text" | "offsets">,
  kind: TagSet["kind"],
): NamedSpan[] {
  const chunks = kind === "spans" ? chunksOf(names) : names.map((label, start) => ({ start, end: start + 1, label }));
  return chunks.map(({ start: first, end: behind, label }) => {
    const [start, end] = [offsets[first]![0], offsets[behind - 1]![1]];
    return { start, end, label, text: text.slice(start, end) };
  });
}

/** `tags` and `spans` are the answer; `goldTags` and `goldSpans` stand beside them where they are known. Tags of spans are `bio`. */
export function tagLine(prediction: TagPrediction, example: TaggedExample, tagSet: TagSet): PredictionLine {
  const { index, text, words, offsets, gold } = example;
  const names = tagSet.namesOf(prediction.tags);
  return {
    index,
    text,
    tokens: words,
    offsets,
    ...(gold && { goldTags: gold, goldSpans: spansOf(gold, example, tagSet.kind) }),
    tags: names,
    spans: spansOf(names, example, tagSet.kind),
  };
}

const savedLine = z.looseObject({
  index: z.int().min(0),
  goldTags: z.array(z.string()),
  tags: z.array(z.string()),
});

/**
 * The answer and the true tags; words are left out.
 *
 * @throws {RangeError} if the line lacks something, or has a tag that the model has not
 */
export function readTagLine(
  line: PredictionLine,
  tagSet: TagSet,
): { readonly prediction: TagPrediction; readonly example: TaggedExample } {
  const { data } = savedLine.safeParse(line);
  if (data === undefined || data.tags.length !== data.goldTags.length) {
    throw new RangeError("predictions: expected index, and as many tags as goldTags, in each line");
  }
  const { index, goldTags: gold, tags: names } = data;
  const tags = tagSet.numbersOf(names);
  const strange = tags.indexOf(-1);
  if (strange >= 0) {
    throw new RangeError(`predictions: the model has no tag ${JSON.stringify(names[strange])} (index ${index})`);
  }
  return {
    prediction: { tags, loss: undefined },
    example: {
      index,
      text: "",
      words: [],
      offsets: [],
      ids: [],
      characters: [],
      gold,
      tags: tagSet.numbersOf(gold),
      repaired: 0,
    },
  };
}

const markedLine = z.looseObject({ text: z.string(), spans: z.array(spanSchema) });

/** The text of a line with its spans marked. @throws {RangeError} if the line has none */
export function markedText(line: PredictionLine): MarkedPart[] {
  const { data } = markedLine.safeParse(line);
  if (data === undefined) throw new RangeError("predictions: expected text and spans");
  const { text, spans } = data;
  return markParts(
    text,
    spans.filter(({ label }) => label !== OUTSIDE).map(({ start, end, label }) => ({ start, end, mark: { label } })),
  );
}

/** A part of a text, `[start, end)`, and what is marked of it. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly mark: Omit<MarkedPart, "text">;
}

/** A text cut at its marks. @param marks  rising, none over another */
export function markParts(text: string, marks: readonly Mark[]): MarkedPart[] {
  const parts: MarkedPart[] = [];
  let at = 0;
  for (const { start, end, mark } of marks) {
    if (start > at) parts.push({ text: text.slice(at, start) });
    parts.push({ text: text.slice(start, end), ...mark });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}
