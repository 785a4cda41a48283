/** What a tokenizer makes of a text, in the form in which Hugging Face's side writes it, and where two of those differ. */
import type { Encoding, Tokenizer, TruncationOptions } from "@cellstate/tokenizers";

/** A text, or two as a pair. */
export interface Request {
  readonly text: string;
  readonly pair?: string;
  /** Whether the post-processor adds its tokens. */
  readonly special: boolean;
}

/** Offsets are in code points, as Python counts. */
export interface Columns {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly offsets: readonly (readonly [number, number])[];
  readonly wordIds: readonly (number | null)[];
  readonly sequenceIds: readonly (number | null)[];
  readonly typeIds: readonly number[];
  readonly attentionMask: readonly number[];
  readonly specialTokensMask: readonly number[];
}

export type Row =
  | (Columns & { readonly overflowing: readonly Columns[]; readonly decoded: string; readonly decodedAll: string })
  | { readonly error: string };

/** What the tokenizer gives for a batch of requests, which ask alike for special tokens. */
export function rowsOf(
  tokenizer: Tokenizer,
  requests: readonly Request[],
  truncation: TruncationOptions | null = null,
): Row[] {
  try {
    const inputs = requests.map(({ text, pair }) => (pair === undefined ? text : ([text, pair] as const)));
    const encodings = tokenizer.encodeBatch(inputs, {
      addSpecialTokens: requests[0]?.special === true,
      truncation,
    });
    return encodings.map((encoding, index) => rowOf(tokenizer, encoding, requests[index]));
  } catch (error) {
    return requests.map(() => ({ error: String(error) }));
  }
}

function rowOf(tokenizer: Tokenizer, encoding: Encoding, request?: Request): Row {
  const columns = (part: Encoding) => columnsOf(part, [request?.text ?? "", request?.pair ?? ""]);
  return {
    ...columns(encoding),
    overflowing: encoding.overflowing.map(columns),
    decoded: tokenizer.decode(encoding.ids),
    decodedAll: tokenizer.decode(encoding.ids, { skipSpecialTokens: false }),
  };
}

function columnsOf({ ids, columns }: Encoding, texts: readonly string[]): Columns {
  const { tokens, wordIds, sequenceIds, typeIds, attentionMask, specialTokensMask } = columns;
  const indices = texts.map(codePointIndices);
  const offsets = columns.offsets.map(([start, end], token) => {
    const index = indices[sequenceIds[token] ?? 0];
    return [index?.[start] ?? start, index?.[end] ?? end] as const;
  });
  return { ids, tokens, offsets, wordIds, sequenceIds, typeIds, attentionMask, specialTokensMask };
}

/** How many code points start before each UTF-16 code unit, and before the end; undefined where the counts agree. */
function codePointIndices(text: string): number[] | undefined {
  if (!/[\ud800-\udfff]/.test(text)) return undefined;
  const indices: number[] = [];
  let count = 0;
  for (const character of text) {
    for (let unit = 0; unit < character.length; unit++) indices.push(count);
    count++;
  }
  return [...indices, count];
}

/**
 * The names of the fields that differ; both failing counts as equal.
 *
 * @param without a column that is not compared
 */
export function differences(ours: Row, theirs: Row, without?: keyof Columns): string[] {
  if ("error" in ours || "error" in theirs) return "error" in ours && "error" in theirs ? [] : ["error"];
  const fields = Object.keys(theirs) as (keyof typeof theirs)[];
  const text = (value: unknown) => JSON.stringify(value, (key, item) => (key === without ? undefined : item));
  return fields.filter((field) => field !== without && text(ours[field]) !== text(theirs[field]));
}
