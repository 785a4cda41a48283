/** The result of encoding a text: its ids, and what else is known of each token. */
import { TruncationError } from "../errors.ts";

/** A half-open range `[start, end)` of the original string in UTF-16 code units. */
export type Offsets = readonly [start: number, end: number];

/** What is known of the tokens besides their ids: arrays of equal length. */
export interface EncodingColumns {
  readonly tokens: string[];
  readonly offsets: Offsets[];
  readonly wordIds: (number | null)[];
  readonly sequenceIds: (number | null)[];
  readonly typeIds: number[];
  readonly attentionMask: number[];
  readonly specialTokensMask: number[];
}

/** The tokens of one text, or of a pair. Only the ids are computed at once; all else when it is first read. */
export class Encoding {
  readonly ids: number[];
  /** The parts that truncation cut off, each as long as this one except the last. */
  readonly overflowing: readonly Encoding[];
  /** Lazy: the columns, or a function that makes them once; then its inputs can be collected. */
  #columns: EncodingColumns | (() => EncodingColumns);

  /** @param readColumns called at most once; gives columns as long as `ids` */
  constructor(ids: number[], readColumns: () => EncodingColumns, overflowing: readonly Encoding[] = []) {
    this.ids = ids;
    this.#columns = readColumns;
    this.overflowing = overflowing;
  }

  /**
   * Joins encodings. Each overflowing part of one is joined with each part of the others.
   *
   * @throws {TruncationError} if that makes more parts than fit into memory
   */
  static concat(encodings: readonly Encoding[]): Encoding {
    const [first] = encodings;
    if (first !== undefined && encodings.length === 1 && first.overflowing.length === 0) return first;
    const parts = encodings.reduce((count, { overflowing }) => count * (1 + overflowing.length), 1);
    checkOverflow(
      parts,
      encodings.reduce((sum, { length }) => sum + length, 0),
    );
    return joinWhole(encodings).reduce(concatTwo, EMPTY);
  }

  get length(): number {
    return this.ids.length;
  }

  /**
   * The tokens as text. What the vocabulary lacks is the unknown token, whose offsets tell what it was. An added token
   * is as the text has it, with the white space that it matched.
   */
  get tokens(): string[] {
    return this.columns.tokens;
  }

  /** `text.slice(start, end)` is the source of the token; `[0, 0]` for tokens that a template or padding added. */
  get offsets(): Offsets[] {
    return this.columns.offsets;
  }

  /** The piece of the pre-tokenizer, from 0, that each token belongs to; null for tokens that a template or padding added. */
  get wordIds(): (number | null)[] {
    return this.columns.wordIds;
  }

  /** 0 for tokens of the text, 1 for those of its pair, null for tokens that a template or padding added. */
  get sequenceIds(): (number | null)[] {
    return this.columns.sequenceIds;
  }

  /** The segment that the template gives each token. Default without a template: 0 for the text, 1 for its pair. */
  get typeIds(): number[] {
    return this.columns.typeIds;
  }

  /** 1 on real tokens, 0 on padding. */
  get attentionMask(): number[] {
    return this.columns.attentionMask;
  }

  /** 1 on tokens that a template or padding added, 0 on all others. */
  get specialTokensMask(): number[] {
    return this.columns.specialTokensMask;
  }

  /** All columns at once. */
  get columns(): EncodingColumns {
    if (typeof this.#columns === "function") this.#columns = this.#columns();
    return this.#columns;
  }

  /** Tokens `[start, end)`, without the overflowing parts. */
  slice(start: number, end: number): Encoding {
    return new Encoding(this.ids.slice(start, end), () => sliceColumns(this.columns, start, end));
  }

  /** The same tokens with changed columns; the columns of the overflowing parts are changed too. */
  withColumns(change: (columns: EncodingColumns) => EncodingColumns): Encoding {
    return new Encoding(
      this.ids,
      () => change(this.columns),
      this.overflowing.map((part) => part.withColumns(change)),
    );
  }

  /** The same tokens with changed columns; the overflowing parts stay as they are. */
  withOwnColumns(change: (columns: EncodingColumns) => EncodingColumns): Encoding {
    return new Encoding(this.ids, () => change(this.columns), this.overflowing);
  }

  /** The same tokens with other overflowing parts. */
  withOverflowing(overflowing: readonly Encoding[]): Encoding {
    return new Encoding(this.ids, () => this.columns, overflowing);
  }
}

/** Tokens that are not from the text: those of a template, or padding. */
export function addedEncoding(
  ids: readonly number[],
  tokens: readonly string[],
  { typeId = 0, attention = 1 }: { readonly typeId?: number; readonly attention?: 0 | 1 } = {},
): Encoding {
  return new Encoding([...ids], () => ({
    tokens: [...tokens],
    offsets: ids.map(() => [0, 0] as const),
    wordIds: ids.map(() => null),
    sequenceIds: ids.map(() => null),
    typeIds: ids.map(() => typeId),
    attentionMask: ids.map(() => attention),
    specialTokensMask: ids.map(() => 1),
  }));
}

const EMPTY = new Encoding([], () => ({
  tokens: [],
  offsets: [],
  wordIds: [],
  sequenceIds: [],
  typeIds: [],
  attentionMask: [],
  specialTokensMask: [],
}));

/** The most tokens that all parts of an encoding may have together: some hundred megabytes. */
const MOST_TOKENS_OF_PARTS = 2 ** 26;

/** @throws {TruncationError} if so many parts of so many tokens do not fit into memory */
export function checkOverflow(parts: number, length: number): void {
  if (parts > 1 && parts * length > MOST_TOKENS_OF_PARTS) {
    throw new TruncationError(
      `expected parts of at most ${MOST_TOKENS_OF_PARTS} tokens in all, got ${parts} of up to ${length} tokens; ` +
        "use a smaller stride or encode shorter texts",
    );
  }
}

/** Joins neighbours without overflowing parts first, so that long templates take linear time. */
function joinWhole(encodings: readonly Encoding[]): Encoding[] {
  const joined: Encoding[] = [];
  let whole: Encoding[] = [];
  const endRun = () => {
    if (whole.length > 0) joined.push(concatWhole(whole));
    whole = [];
  };
  for (const encoding of encodings) {
    if (encoding.overflowing.length === 0) whole.push(encoding);
    else {
      endRun();
      joined.push(encoding);
    }
  }
  endRun();
  return joined;
}

function concatWhole(encodings: readonly Encoding[]): Encoding {
  const [first] = encodings;
  if (first !== undefined && encodings.length === 1) return first;
  return new Encoding(
    encodings.flatMap(({ ids }) => ids),
    () => concatColumns(encodings.map(({ columns }) => columns)),
  );
}

/** Overflowing parts of each are joined with all parts of the other, in the order of Hugging Face's `merge_with`. */
function concatTwo(left: Encoding, right: Encoding): Encoding {
  if (left === EMPTY) return right;
  const withLeft = left.overflowing.flatMap((part) => [
    concatTwo(part, right),
    ...right.overflowing.map((other) => concatTwo(part, other)),
  ]);
  return new Encoding([...left.ids, ...right.ids], () => concatColumns([left.columns, right.columns]), [
    ...withLeft,
    ...right.overflowing.map((other) => concatTwo(left, other)),
  ]);
}

function sliceColumns(columns: EncodingColumns, start: number, end: number): EncodingColumns {
  return {
    tokens: columns.tokens.slice(start, end),
    offsets: columns.offsets.slice(start, end),
    wordIds: columns.wordIds.slice(start, end),
    sequenceIds: columns.sequenceIds.slice(start, end),
    typeIds: columns.typeIds.slice(start, end),
    attentionMask: columns.attentionMask.slice(start, end),
    specialTokensMask: columns.specialTokensMask.slice(start, end),
  };
}

function concatColumns(columns: readonly EncodingColumns[]): EncodingColumns {
  return {
    tokens: columns.flatMap(({ tokens }) => tokens),
    offsets: columns.flatMap(({ offsets }) => offsets),
    wordIds: columns.flatMap(({ wordIds }) => wordIds),
    sequenceIds: columns.flatMap(({ sequenceIds }) => sequenceIds),
    typeIds: columns.flatMap(({ typeIds }) => typeIds),
    attentionMask: columns.flatMap(({ attentionMask }) => attentionMask),
    specialTokensMask: columns.flatMap(({ specialTokensMask }) => specialTokensMask),
  };
}
