/** What must hold for a tokenizer that was accepted, wherever it came from. */
import { Tokenizer, TokenizerError } from "@cellstate/tokenizers";
import { contradict, mustHold } from "../target.ts";

const TEXTS = [
  "",
  "The  théé a\u0301<s>\ud800, 12 😀\n",
  "not bad, it's GOOD: 3.14 ▁ ##x </s>",
  "中文 ابجد 한국 ﬂ\u0301 İ\u0000\u200d",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
];

/**
 * Encodes texts and decodes their ids, then does the same with what the tokenizer is saved as.
 *
 * @throws {TokenizerError} if it cannot encode, which is a refusal
 * @throws {Contradiction} if columns or offsets do not fit, or the saved tokenizer is another
 */
export function useTokenizer(tokenizer: Tokenizer): void {
  const encoded = encodeAll(tokenizer);
  const saved = tokenizer.stringify();
  const again = reopened(saved);
  mustHold(again.stringify() === saved, "saved, opened and saved again, it is another file");
  if (hasDropout(saved)) return; // then no two encodings need be equal
  const second = encodeAll(again);
  for (const [i, one] of encoded.entries()) {
    mustHold(
      one === second[i],
      () => `saved and opened, it gives ${second[i]} for ${JSON.stringify(TEXTS[i])}, before ${one}`,
    );
  }
}

function encodeAll(tokenizer: Tokenizer): string[] {
  const options = { addSpecialTokens: true, ...(padsLong(tokenizer) && { padding: null }) };
  return TEXTS.map((text) => {
    const { ids, columns } = tokenizer.encode(text, options);
    for (const [name, column] of Object.entries(columns)) {
      mustHold(column.length === ids.length, `${ids.length} ids, but ${column.length} ${name}`);
    }
    for (const [start, end] of columns.offsets) {
      mustHold(0 <= start && start <= end && end <= text.length, `offsets ${start} to ${end} in ${text.length} units`);
    }
    return `${ids.join(" ")} → ${JSON.stringify(decoded(tokenizer, ids))}`;
  });
}

/** A file may ask for millions of tokens, which it then gets; looking at each of them is not what the time limit is for. */
const LONG_PADDING = 10_000;

function padsLong(tokenizer: Tokenizer): boolean {
  const { padding } = JSON.parse(tokenizer.stringify()) as { padding?: Padding | null };
  const { strategy, pad_to_multiple_of: multiple } = padding ?? {};
  const length = typeof strategy === "object" ? strategy.Fixed : 0;
  return Math.max(length, multiple ?? 0) > LONG_PADDING;
}

interface Padding {
  readonly strategy: "BatchLongest" | { readonly Fixed: number };
  readonly pad_to_multiple_of?: number | null;
}

/** An id that encoding gives may be one that the vocabulary does not have, such as one that a template names. */
function decoded(tokenizer: Tokenizer, ids: readonly number[]): string {
  try {
    return tokenizer.decode(ids);
  } catch (error) {
    if (error instanceof TokenizerError) return error.name;
    throw error;
  }
}

function reopened(saved: string): Tokenizer {
  try {
    return Tokenizer.parse(saved);
  } catch (error) {
    contradict(`what it is saved as is refused: ${(error as Error).message}`);
    throw error;
  }
}

function hasDropout(saved: string): boolean {
  const { model } = JSON.parse(saved) as { model: { dropout?: number | null } };
  return typeof model.dropout === "number" && model.dropout > 0;
}
