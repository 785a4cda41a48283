/** What SentencePiece gave for a text or for ids, and where a tokenizer of ours gives something else. */
import type { Tokenizer } from "@cellstate/tokenizers";
import { escaped } from "./compare.ts";

/** Of a text all fields; of ids alone no tokens and offsets. Offsets are in UTF-8 bytes. */
export type SentencePieceRow =
  | {
      readonly ids: readonly number[];
      readonly tokens?: readonly string[];
      readonly offsets?: readonly (readonly [number, number])[];
      readonly decoded: string;
    }
  | { readonly error: string };

interface FieldDifference {
  readonly field: "ids" | "tokens" | "offsets" | "decoded";
  /** For a reader: the text or ids, what ours is and what theirs. */
  readonly line: string;
}

/** @param text undefined for a row of ids alone */
export function sentencePieceDifferences(
  tokenizer: Tokenizer,
  text: string | undefined,
  row: SentencePieceRow,
): FieldDifference[] {
  if ("error" in row) return []; // it fails on parts of a text that are spelled like a control symbol
  const ours = text === undefined ? { ids: row.ids, decoded: tokenizer.decode(row.ids) } : rowOf(tokenizer, text);
  const fields = Object.keys(row) as (keyof typeof row)[];
  const source = escaped(text ?? row.ids);
  return fields.flatMap((field) => {
    const [our, their] = [JSON.stringify(ours[field]), JSON.stringify(row[field])];
    return our === their ? [] : [{ field, line: `  ${field} of ${source}\n    ours   ${our}\n    theirs ${their}` }];
  });
}

function rowOf(tokenizer: Tokenizer, text: string): Exclude<SentencePieceRow, { error: string }> {
  const { ids, tokens, offsets } = tokenizer.encode(text);
  const places = bytePlaces(text);
  return {
    ids,
    tokens,
    offsets: offsets.map(([start, end]) => [places[start] ?? start, places[end] ?? end]),
    decoded: tokenizer.decode(ids),
  };
}

/** How many bytes of UTF-8 stand before each UTF-16 code unit, and before the end. */
function bytePlaces(text: string): number[] {
  const places: number[] = [];
  let count = 0;
  for (const character of text) {
    for (let unit = 0; unit < character.length; unit++) places.push(count);
    count += new TextEncoder().encode(character).length;
  }
  return [...places, count];
}
