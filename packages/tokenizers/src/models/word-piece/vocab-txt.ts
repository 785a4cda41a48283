/** The vocab.txt of BERT and related models: a token on each line, ids counted from 0. */
import { VocabularyFileError } from "../../errors.ts";
import { describe } from "../../json.ts";
import { Vocabulary } from "../../lookup/vocabulary.ts";
import { WHITE_SPACE } from "../../text/unicode.ts";
import { linesOf } from "../vocabulary-lines.ts";

const SPACE = new RegExp(`[${WHITE_SPACE}]`, "u");

/**
 * Reads a vocabulary; white space at the end of a line is removed.
 *
 * @throws {VocabularyFileError} naming the line, from 1, that repeats an earlier one or is not UTF-8
 */
export function readVocabTxt(text: string): Vocabulary {
  const firstLines = new Map<string, number>();
  for (const [index, line] of linesOf("vocab.txt", text).entries()) {
    const token = trimEnd(line);
    const first = firstLines.get(token);
    if (first !== undefined) {
      throw new VocabularyFileError("vocab.txt", index + 1, "a new token", `${describe(token)}, that of line ${first}`);
    }
    firstLines.set(token, index + 1);
  }
  return Vocabulary.fromTokens([...firstLines.keys()]);
}

/** `String.trimEnd` takes U+FEFF for a space, and not U+0085; an expression would take quadratic time. */
function trimEnd(line: string): string {
  let end = line.length;
  while (end > 0 && SPACE.test(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}

/** @throws {VocabularyFileError} if an id has no token, which would need a line */
export function writeVocabTxt(vocabulary: Vocabulary): string {
  if (vocabulary.tokens.length < vocabulary.size) {
    const id = vocabulary.tokens.findIndex((token, index) => vocabulary.tokenToId(token) !== index);
    throw new VocabularyFileError("vocab.txt", id + 1, "a token for every id", `none for ${id}`);
  }
  return vocabulary.tokens.map((token) => `${token}\n`).join("");
}
