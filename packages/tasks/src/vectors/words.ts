/** The words that the rows of an embedding stand for. */
import type { Tokenizer } from "@cellstate/tokenizers";

/** What subword models put before a token that begins a word. */
const WORD_BEGIN = /^[▁Ġ](?=.)/u;

/** The token of each id, and an empty text where there is none. */
export function tokensOf(tokenizer: Tokenizer): string[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.idToToken(id) ?? "");
}

/** The word of each id as files of vectors have it; undefined for special tokens. */
export function wordsOf(tokenizer: Tokenizer): (string | undefined)[] {
  return tokensOf(tokenizer).map((token, id) =>
    tokenizer.isSpecial(id) || token === "" ? undefined : token.replace(WORD_BEGIN, ""),
  );
}
