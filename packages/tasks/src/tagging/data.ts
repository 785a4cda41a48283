/** From sentences to padded batches of ids and tag numbers. */
import { DataFileError, type DataRecord } from "@cellstate/data";
import { type PaddedIds, type PaddedWords, padIds, padWords } from "@cellstate/lstm-core";
import type { TaggingConfig } from "./config.ts";
import { type FittedTagger, refuseStrange } from "./fitted.ts";
import { fileTags, type Sentence, type TaggingFields, tagsOfSpans, wordsOf } from "./sentence.ts";
import { type GoldTags, readTags, TagSet } from "./tag-set.ts";
import { PAD_ID, Vocabulary } from "./vocabulary.ts";

/** A sentence; each list has an item for each word. */
export interface TaggedExample {
  /** Place in its file, from 0. */
  readonly index: number;
  readonly text: string;
  readonly words: readonly string[];
  /** Where each word stands in the text, `[start, end)`. */
  readonly offsets: readonly (readonly [start: number, end: number])[];
  readonly ids: readonly number[];
  readonly characters: readonly (readonly number[])[];
  /** The true tags, of spans in `bio`; undefined where they are not known. */
  readonly gold: readonly string[] | undefined;
  /** Numbers of the model's tags for them; -1 for those that train lacks. */
  readonly tags: readonly number[] | undefined;
  /** How many of the file's tags broke its scheme. */
  readonly repaired: number;
}

export interface TaggedBatch {
  readonly ids: PaddedIds;
  /** Each different word of the batch once, as one sentence: equal words have equal characters. */
  readonly spelled: PaddedWords;
  /** `[batchSize * seqLen]`: the place in `spelled` of each word; of padding 0. */
  readonly spelledAt: Int32Array;
  /** `[batchSize, seqLen]`: tag numbers; -1 on padding and where they are not known. */
  readonly tags: Int32Array;
}

/** Encodes sentences by one fitted tagger. */
export class SentenceEncoder {
  readonly tagSet: TagSet;
  readonly vocabulary: Vocabulary;
  readonly #config: TaggingConfig;

  constructor(config: TaggingConfig, fitted: FittedTagger) {
    this.tagSet = new TagSet(config.tags, fitted.tags);
    this.vocabulary = new Vocabulary(fitted.vocabulary, config.vocabulary);
    this.#config = config;
  }

  /**
   * @param isLabelled  whether tags must be there
   * @throws {DataFileError} naming file and line of tags or spans that are missing or do not fit the words
   */
  encode(record: DataRecord<TaggingFields>, index: number, isLabelled: boolean): TaggedExample {
    const sentence = wordsOf(record, this.#config);
    const gold = this.#goldOf(record, sentence);
    if (gold === undefined && isLabelled) {
      throw new DataFileError(record.file, record.line, "has neither tags nor spans; add them, or remove the row");
    }
    const { vocabulary } = this;
    const words = sentence.words.map(({ text }) => text);
    return {
      index,
      text: sentence.text,
      words,
      offsets: sentence.words.map(({ start, end }) => [start, end]),
      ids: words.map((word) => vocabulary.idOf(word)),
      characters:
        this.#config.model.characters.kind === "none" ? [] : words.map((word) => vocabulary.characterIds(word)),
      gold: gold?.names,
      tags: gold && this.tagSet.numbersOf(gold.names),
      repaired: gold?.broken.length ?? 0,
    };
  }

  #goldOf(record: DataRecord<TaggingFields>, sentence: Sentence): GoldTags | undefined {
    const { tags: config } = this.#config;
    const { scheme } = this.tagSet.fitted;
    const tags = fileTags(record, sentence);
    if (config.kind === "words") return tags && { names: tags, broken: [] };
    if (tags === undefined) {
      const { spans } = record.values;
      return spans && { names: tagsOfSpans(spans, sentence, record), broken: [] };
    }
    refuseStrange(tags, config.scheme, record);
    const read = readTags(tags, scheme);
    if (config.broken === "refuse" && read.broken.length > 0) throw brokenTag(record, sentence, tags, read, scheme);
    return read;
  }
}

function brokenTag(
  { file, line }: DataRecord<TaggingFields>,
  { words }: Sentence,
  tags: readonly string[],
  { broken: [place = 0] }: GoldTags,
  scheme: string,
): DataFileError {
  const before = place === 0 ? "at the start of a sentence" : `after ${tags[place - 1]}`;
  return new DataFileError(
    file,
    line,
    `word ${place + 1} (${JSON.stringify(words[place]!.text)}) has the tag ${tags[place]} ${before}, which breaks the scheme ${scheme}; mend it, or set tags.broken to repair`,
  );
}

export function collateSentences(examples: readonly TaggedExample[]): TaggedBatch {
  const ids = padIds(
    examples.map((example) => example.ids),
    PAD_ID,
  );
  const tags = new Int32Array(ids.ids.length).fill(-1);
  const spelledAt = new Int32Array(ids.ids.length);
  const places = new Map<string, number>();
  const spelled: (readonly number[])[] = [];
  for (const [row, example] of examples.entries()) {
    tags.set(example.tags ?? [], row * ids.seqLen);
    for (const [time, characters] of example.characters.entries()) {
      const word = example.words[time]!;
      const known = places.get(word) ?? spelled.push(characters) - 1;
      places.set(word, known);
      spelledAt[row * ids.seqLen + time] = known;
    }
  }
  return { ids, spelled: padWords([spelled], PAD_ID), spelledAt, tags };
}
