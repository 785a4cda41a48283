/** The vocab.txt of BERT and its relatives: one token a line, ids counted from 0. */
import { VocabularyFileError } from "../../errors.ts";
import { describe } from "../../json.ts";
import { WHITE_SPACE } from "../../unicode.ts";
import { Vocabulary } from "../../vocabulary.ts";

const TRAILING_SPACE = new RegExp(`[${WHITE_SPACE}]+$`, "u");

/**
 * Reads a vocabulary; white space at the end of lines does not count.
 *
 * @throws {VocabularyFileError} if a line repeats an earlier one
 */
export function readVocabTxt(text: string): Vocabulary {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const firstLines = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const token = line.replace(TRAILING_SPACE, "");
    const first = firstLines.get(token);
    if (first !== undefined) {
      throw new VocabularyFileError("vocab.txt", index + 1, "a new token", `${describe(token)}, that of line ${first}`);
    }
    firstLines.set(token, index + 1);
  }
  return Vocabulary.fromTokens([...firstLines.keys()]);
}

export function writeVocabTxt(vocabulary: Vocabulary): string {
  return vocabulary.tokens.map((token) => `${token}\n`).join("");
}
