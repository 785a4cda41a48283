/** From a text to ids, as imported networks were trained. */
import type { Tokenizer } from "@cellstate/tokenizers";
import { encodeText } from "../tokenizer/fit-tokenizer.ts";
import type { ImportedInputConfig } from "./config.ts";

/**
 * The ids of a text before they are filled up. Tokens around a text, such as `[CLS]` and `[SEP]`, count in `maxLength` and are never
 * cut, as in Hugging Face's library.
 */
export function encodeImported(tokenizer: Tokenizer, text: string, input: EncodingInput): readonly number[] {
  const { maxLength, truncating, addSpecialTokens } = input;
  if (!addSpecialTokens) return encodeText(tokenizer, text).ids;
  const truncation =
    maxLength === undefined ? null : ({ maxLength, direction: truncating === "pre" ? "left" : "right" } as const);
  return tokenizer.encode(text, { addSpecialTokens, matchAddedTokens: "ordinary", padding: null, truncation }).ids;
}

type EncodingInput = Pick<ImportedInputConfig, "maxLength" | "truncating" | "addSpecialTokens">;
