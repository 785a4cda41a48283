/** The character n-grams of a word and their buckets, as fastText has them (`Dictionary::computeSubwords` and `Dictionary::hash`, 0.9.2). */

/** Which n-grams there are. */
export interface NgramOptions {
  /** Rows that n-grams share, by hash; 0: there are none. */
  readonly buckets: number;
  /** Characters of the shortest. */
  readonly minLength: number;
  /** Characters of the longest; 0: there are none. */
  readonly maxLength: number;
}

const encoder = new TextEncoder();
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The buckets of a word's n-grams, one for each n-gram, in the order in which they begin. The word stands between `<` and `>`, which
 * are no n-grams by themselves.
 */
export function ngramBuckets(word: string, { buckets, minLength, maxLength }: NgramOptions): number[] {
  if (buckets === 0 || maxLength === 0) return [];
  const bytes = encoder.encode(`<${word}>`);
  const found: number[] = [];
  for (let start = 0; start < bytes.length; start++) {
    if (isContinuation(bytes[start]!)) continue;
    for (let end = start, length = 1; end < bytes.length && length <= maxLength; length++) {
      end++;
      while (end < bytes.length && isContinuation(bytes[end]!)) end++;
      const isEdge = length === 1 && (start === 0 || end === bytes.length);
      if (length >= minLength && !isEdge) found.push(hash(bytes, start, end) % buckets);
    }
  }
  return found;
}

/** FNV-1a of 32 bits, in which fastText takes bytes as signed. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let h = FNV_OFFSET;
  for (let at = start; at < end; at++) h = Math.imul(h ^ ((bytes[at]! << 24) >> 24), FNV_PRIME);
  return h >>> 0;
}

/** Whether a byte goes on with a character of UTF-8. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
