/** From rows of tokens and tags to padded batches of ids and class numbers. */
import { DataFileError, type DataRecord } from "@cellstate/data";
import { type PaddedIds, padIds } from "@cellstate/lstm-core";
import { PAD_ID, type Vocabulary } from "./vocabulary.ts";

/** What a tagger reads. */
export const taggingFields = {
  tokens: { kind: "tokens" },
  tags: { kind: "tokens", target: true },
} as const;
export type TaggingFields = typeof taggingFields;

/** A sentence; each list has an item for each token. */
export interface TaggedExample {
  /** Place in its file, from 0. */
  readonly index: number;
  readonly tokens: readonly string[];
  readonly ids: readonly number[];
  /** Class numbers; undefined where the tags are not known. */
  readonly tags: readonly number[] | undefined;
}

export interface TaggedBatch {
  readonly ids: PaddedIds;
  /** `[batchSize, seqLen]`: class numbers; -1 on padding and where they are not known, which the loss does not count. */
  readonly tags: Int32Array;
}

/** @throws {DataFileError} naming file and line of a row with another number of tags than of tokens, or a tag that train lacks */
export function encodeSentence(
  vocabulary: Vocabulary,
  { values: { tokens, tags }, file, line }: DataRecord<TaggingFields>,
  index: number,
): TaggedExample {
  if (tags !== undefined && tags.length !== tokens.length) {
    throw new DataFileError(
      file,
      line,
      `expected a tag for each of ${tokens.length} tokens, got ${tags.length}; mend the row or remove it`,
    );
  }
  const classOf = (tag: string): number => {
    const known = vocabulary.classOf(tag);
    if (known !== undefined) return known;
    const tagsOfTrain = vocabulary.tags.map((name) => JSON.stringify(name)).join(", ");
    throw new DataFileError(
      file,
      line,
      `the tag ${JSON.stringify(tag)} does not occur in train, which has ${tagsOfTrain}; mend the tag or add training examples`,
    );
  };
  return { index, tokens, ids: tokens.map((token) => vocabulary.idOf(token)), tags: tags?.map(classOf) };
}

export function collateSentences(examples: readonly TaggedExample[]): TaggedBatch {
  const ids = padIds(
    examples.map((example) => example.ids),
    PAD_ID,
  );
  const tags = new Int32Array(ids.ids.length).fill(-1);
  for (const [row, example] of examples.entries()) tags.set(example.tags ?? [], row * ids.seqLen);
  return { ids, tags };
}
