/** `tagger.json`: what a tagger learns from the train split before it trains. */
import { DataConfigError, DataFileError, type DataRecord, type Records } from "@cellstate/data";
import { z } from "zod";
import { encodeJson, readJson } from "../file-contents.ts";
import type { FileContents } from "../task.ts";
import { chunksOf, tagSchemes } from "./chunks.ts";
import type { TaggingConfig } from "./config.ts";
import { fileTags, type Sentence, type TaggingFields, tagsOfSpans, wordsOf } from "./sentence.ts";
import { type FittedTags, readTags, SchemeGuess, strangeTag } from "./tag-set.ts";
import { type FittedVocabulary, VocabularyCounts } from "./vocabulary.ts";

export const TAGGER_FILE = "tagger.json";
const FORMAT_VERSION = 1;

export interface FittedTagger {
  readonly tags: FittedTags;
  readonly vocabulary: FittedVocabulary;
}

const names = z.array(z.string());
const fittedSchema: z.ZodType<FittedTagger> = z.object({
  tags: z.object({ labels: names.min(1), scheme: z.enum(tagSchemes), repaired: z.int().min(0) }),
  vocabulary: z.object({ words: names, singletons: names, characters: names }),
});

/**
 * Lists the words, characters and tags of train, and tells how it writes spans.
 *
 * @throws {DataFileError} naming file and line of a row whose tags or spans do not fit
 * @throws {DataConfigError} if no row has tags or spans
 */
export async function fitTagger(train: Records<TaggingFields>, config: TaggingConfig): Promise<FittedTagger> {
  const counts = new VocabularyCounts(config.vocabulary);
  const tags = config.tags.kind === "words" ? new WordTagCounts() : new SpanTagCounts(config.tags);
  for await (const record of train) {
    const sentence = wordsOf(record, config);
    for (const { text } of sentence.words) counts.see(text);
    tags.see(record, sentence);
  }
  const fitted = tags.fitted;
  if (fitted.labels.length === 0) throw noTags(config);
  return { tags: fitted, vocabulary: counts.fitted };
}

function noTags({ tags: { kind } }: TaggingConfig): DataConfigError {
  return new DataConfigError(
    "data.columns",
    kind === "words"
      ? "no row of train has tags; name their column, such as columns: { tags: upos }"
      : "no row of train has a span; name the column of tags, such as columns: { tags: ner }, or that of spans",
  );
}

/** Tags as they are. */
class WordTagCounts {
  readonly #labels = new Set<string>();

  see(record: DataRecord<TaggingFields>, sentence: Sentence): void {
    if (record.values.spans !== undefined) {
      throw new DataFileError(
        record.file,
        record.line,
        "has spans, but the config's tags are those of words; write tags: { kind: spans }",
      );
    }
    for (const tag of fileTags(record, sentence) ?? []) this.#labels.add(tag);
  }

  get fitted(): FittedTags {
    return { labels: [...this.#labels].sort(), scheme: "bio", repaired: 0 };
  }
}

type SpansConfig = Extract<TaggingConfig["tags"], { kind: "spans" }>;

/** Names of spans, however they are written. */
class SpanTagCounts {
  readonly #config: SpansConfig;
  readonly #guess = new SchemeGuess();
  readonly #labels = new Set<string>();
  readonly #written: (readonly string[])[] = [];

  constructor(config: SpansConfig) {
    this.#config = config;
  }

  see(record: DataRecord<TaggingFields>, sentence: Sentence): void {
    const tags = fileTags(record, sentence);
    if (tags !== undefined) {
      refuseStrange(tags, this.#config.scheme, record);
      this.#guess.see(tags);
      if (chunksOf(tags).length > 0) this.#written.push(tags);
    }
    const spans = record.values.spans ?? [];
    for (const { label } of chunksOf(tags ?? tagsOfSpans(spans, sentence, record))) this.#labels.add(label);
  }

  get fitted(): FittedTags {
    const { scheme: asked } = this.#config;
    const scheme = asked === "auto" ? this.#guess.scheme : asked;
    const repaired = this.#written.reduce((sum, tags) => sum + readTags(tags, scheme).broken.length, 0);
    return { labels: [...this.#labels].sort(), scheme, repaired };
  }
}

/** @throws {DataFileError} naming the first tag that no scheme, or not the one that the config names, has */
export function refuseStrange(
  tags: readonly string[],
  scheme: SpansConfig["scheme"],
  { file, line }: Pick<DataRecord, "file" | "line">,
): void {
  const place = strangeTag(tags, scheme === "auto" ? "bioes" : scheme);
  if (place === undefined) return;
  const wanted = scheme === "bio" || scheme === "iob1" ? "O, B-... or I-..." : "O, B-..., I-..., E-... or S-...";
  throw new DataFileError(
    file,
    line,
    `word ${place + 1} has the tag ${JSON.stringify(tags[place])}, expected ${wanted}; mend it, or write tags: { kind: words } if tags do not stand for spans`,
  );
}

export function formatFitted(fitted: FittedTagger): Uint8Array {
  return encodeJson({ formatVersion: FORMAT_VERSION, ...fitted });
}

/** @throws {ModelFilesError} if the file is missing, malformed or newer than this code */
export function readFitted(files: FileContents): FittedTagger {
  const { tags, vocabulary } = readJson(files, TAGGER_FILE, fittedSchema, FORMAT_VERSION);
  return { tags, vocabulary };
}
