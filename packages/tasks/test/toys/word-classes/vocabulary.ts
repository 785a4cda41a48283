/** `vocabulary.json`: the words and the tags of the train split, in the order of their numbers. */
import { DataConfigError, type Records } from "@cellstate/data";
import { encodeJson, type FileContents, readJson } from "@cellstate/tasks";
import { z } from "zod";
import type { TaggingFields } from "./data.ts";

export const VOCABULARY_FILE = "vocabulary.json";
const FORMAT_VERSION = 1;

/** Ids of what is no word; the words follow. */
export const PAD_ID = 0;
const UNK_ID = 1;
const FIRST_WORD_ID = 2;

const vocabularyFile = z.object({ words: z.array(z.string()), tags: z.array(z.string()).min(1) });

/** What a tagger learns from the train split before it trains. */
export class Vocabulary {
  /** Sorted by code units, as are the tags; a tag's place is its class number. */
  readonly words: readonly string[];
  readonly tags: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #classes: ReadonlyMap<string, number>;

  constructor(words: readonly string[], tags: readonly string[]) {
    this.words = words;
    this.tags = tags;
    this.#ids = new Map(words.map((word, place) => [word, FIRST_WORD_ID + place]));
    this.#classes = new Map(tags.map((tag, place) => [tag, place]));
  }

  /** Ids of words, padding and the unknown word: those below it. */
  get size(): number {
    return FIRST_WORD_ID + this.words.length;
  }

  /** The word of each id; undefined for padding and the unknown word. */
  get rowWords(): readonly (string | undefined)[] {
    return [...new Array<undefined>(FIRST_WORD_ID), ...this.words];
  }

  idOf(word: string): number {
    return this.#ids.get(word) ?? UNK_ID;
  }

  /** Undefined for a tag that train lacks. */
  classOf(tag: string): number | undefined {
    return this.#classes.get(tag);
  }
}

/** @throws {DataConfigError} if no row of train has tags */
export async function fitVocabulary(train: Records<TaggingFields>, minFrequency: number): Promise<Vocabulary> {
  const counts = new Map<string, number>();
  const tagsOfTrain = new Set<string>();
  for await (const { values } of train) {
    for (const word of values.tokens) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const tag of values.tags ?? []) tagsOfTrain.add(tag);
  }
  if (tagsOfTrain.size === 0) throw new DataConfigError("data", "no row of the train split has tags");
  const words = [...counts].filter(([, count]) => count >= minFrequency).map(([word]) => word);
  return new Vocabulary(words.sort(), [...tagsOfTrain].sort());
}

export function formatVocabulary({ words, tags }: Vocabulary): Uint8Array {
  return encodeJson({ formatVersion: FORMAT_VERSION, words, tags });
}

/** @throws {ModelFilesError} if the file is missing, malformed or newer than this code */
export function readVocabulary(files: FileContents): Vocabulary {
  const { words, tags } = readJson(files, VOCABULARY_FILE, vocabularyFile, FORMAT_VERSION);
  return new Vocabulary(words, tags);
}
