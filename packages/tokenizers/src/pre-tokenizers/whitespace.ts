/** The pre-tokenizers that cut at white space and drop it; each treats punctuation differently. */
import type { JsonObject } from "../json.ts";
import { cutEach, type Pieces } from "../text/pieces.ts";
import { PUNCTUATION, WHITE_SPACE, WORD } from "../text/unicode.ts";
import { CharacterClasses, runCutter } from "./character-classes.ts";
import type { PreTokenizer } from "./pre-tokenizer.ts";

const SPACE = 1;
const MARKED = 2;
const REST = 4;

const IS_SPACE = [SPACE, new RegExp(`[${WHITE_SPACE}]`, "u")] as const;
const SPACES = new CharacterClasses([IS_SPACE], REST);
const WORDS = new CharacterClasses([IS_SPACE, [MARKED, new RegExp(`[${WORD}]`, "u")]], REST);
const PUNCTUATED = new CharacterClasses([[MARKED, new RegExp(`[${PUNCTUATION}]`, "u")], IS_SPACE], REST);

const cutWords = runCutter(WORDS, { dropped: SPACE });
const cutAtSpaces = runCutter(SPACES, { dropped: SPACE });
const cutPunctuated = runCutter(PUNCTUATED, { dropped: SPACE, single: MARKED });

/** Runs of word characters and runs of other visible characters: `\w+|[^\w\s]+` in Unicode's sense. */
export class WhitespacePreTokenizer implements PreTokenizer {
  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, cutWords);
  }

  toJson(): JsonObject {
    return { type: "Whitespace" };
  }
}

/** What is between white space. */
export class WhitespaceSplitPreTokenizer implements PreTokenizer {
  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, cutAtSpaces);
  }

  toJson(): JsonObject {
    return { type: "WhitespaceSplit" };
  }
}

/** White space cuts, and each punctuation character is a piece of its own. */
export class BertPreTokenizer implements PreTokenizer {
  cut(pieces: Pieces): Pieces {
    return cutEach(pieces, cutPunctuated);
  }

  toJson(): JsonObject {
    return { type: "BertPreTokenizer" };
  }
}
