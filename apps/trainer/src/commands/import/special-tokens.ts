/** What a tokenizer adds to texts. */
import type { Tokenizer } from "@cellstate/tokenizers";

/** The choices of `--special-tokens`. */
export type SpecialTokens = "add" | "none";

/** The tokens that a tokenizer puts around a text; none for most. */
export function addedTokens(tokenizer: Tokenizer): readonly string[] {
  return tokenizer.encode("", { addSpecialTokens: true, padding: null, truncation: null }).tokens;
}

/** The id that fills rows up. Default 0. */
export function padIdOf(tokenizer: Tokenizer): number {
  try {
    return tokenizer.padId;
  } catch (error) {
    if (error instanceof Error && error.name === "MissingSpecialTokenError") return 0;
    throw error;
  }
}

/** One line where a tokenizer adds tokens. */
export function describeAdded(tokenizer: Tokenizer, addSpecialTokens: boolean): string[] {
  const tokens = addedTokens(tokenizer);
  if (tokens.length === 0) return [];
  return [
    addSpecialTokens
      ? `the tokenizer puts ${tokens.join(" and ")} around each text (--special-tokens none leaves them out)`
      : `the tokenizer's ${tokens.join(" and ")} are left out (--special-tokens add puts them around each text)`,
  ];
}
