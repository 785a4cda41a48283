/** From a record to the words of a sentence and their tags, with file and line of what does not fit. */
import { DataFileError, type DataRecord, type Span } from "@cellstate/data";
import { type Chunk, tagsOf } from "./chunks.ts";
import type { TaggingConfig } from "./config.ts";
import { joinWords, splitAtSpaces, splitWords, type Word } from "./split-words.ts";

/** What a tagger reads. */
export const taggingFields = {
  text: { kind: "words", aliases: ["tokens", "form", "words"] },
  tags: { kind: "tokens", target: true, optional: true, aliases: ["upos", "labels", "ner_tags"] },
  spans: { kind: "spans", target: true, optional: true, aliases: ["entities"] },
} as const;
export type TaggingFields = typeof taggingFields;

/** The words of a sentence, and where they stand in its text. */
export interface Sentence {
  readonly text: string;
  readonly words: readonly Word[];
}

/** Raw text is cut by rules, or at white space where a tag for each word says that it is cut so; a list of words is taken as it is. */
export function wordsOf({ values: { text, tags } }: DataRecord<TaggingFields>, config: TaggingConfig): Sentence {
  if (typeof text !== "string") return joinWords(text);
  const words =
    tags === undefined
      ? splitWords(text, { contractions: config.words.contractions === "english" })
      : splitAtSpaces(text);
  return { text, words };
}

/** The tags that a file has for each word; undefined where it has none. @throws {DataFileError} if there is not one for each word */
export function fileTags(
  { values: { tags }, file, line }: DataRecord<TaggingFields>,
  { words }: Sentence,
): readonly string[] | undefined {
  if (tags === undefined || tags.length === words.length) return tags;
  throw new DataFileError(
    file,
    line,
    `expected a tag for each of ${words.length} words, got ${tags.length}; mend the row or remove it`,
  );
}

/** The spans of a record as `bio` tags; see `chunksOfSpans`. */
export function tagsOfSpans(
  spans: readonly Span[],
  sentence: Sentence,
  place: Pick<DataRecord, "file" | "line">,
): string[] {
  return tagsOf(chunksOfSpans(spans, sentence, place), sentence.words.length, "bio");
}

/**
 * The spans of a record as spans of words: one that begins or ends within a word takes in the whole word, and blanks at its ends do not count.
 *
 * @throws {DataFileError} naming a span outside of the text, without words, or over another one
 */
function chunksOfSpans(
  spans: readonly Span[],
  { text, words }: Sentence,
  { file, line }: Pick<DataRecord, "file" | "line">,
): Chunk[] {
  const chunks = spans.map((span): Chunk => {
    const { start, end, label } = span;
    if (start >= end || end > text.length) {
      throw new DataFileError(
        file,
        line,
        `${nameOf(span)} is empty or lies outside of the text, which has ${text.length} characters (UTF-16 code units); offsets count from 0, and end stands behind the last one`,
      );
    }
    const first = words.findIndex((word) => word.end > start);
    const last = words.findLastIndex((word) => word.start < end);
    if (first < 0 || last < first) {
      throw new DataFileError(file, line, `${nameOf(span)} has no word in it; move it or remove it`);
    }
    return { start: first, end: last + 1, label };
  });
  const order = [...chunks.keys()].sort((a, b) => chunks[a]!.start - chunks[b]!.start);
  for (const [at, index] of order.entries()) {
    const next = order[at + 1];
    if (next === undefined || chunks[index]!.end <= chunks[next]!.start) continue;
    const [one, other] = [nameOf(spans[index]!), nameOf(spans[next]!)];
    throw new DataFileError(
      file,
      line,
      `${one} and ${other} share a word; a word can be in one span only, so remove one of them`,
    );
  }
  return order.map((index) => chunks[index]!);
}

function nameOf({ start, end, label }: Span): string {
  return `the span ${start}-${end} (${label})`;
}
