/** The lines of vocab.txt and merges.txt. */
import { VocabularyFileError } from "../errors.ts";

/**
 * Cuts the text of a file into lines, which end in LF or CR LF.
 *
 * @throws {VocabularyFileError} for a byte order mark, NUL or a lone surrogate: the file is not plain UTF-8
 */
export function linesOf(file: "vocab.txt" | "merges.txt", text: string): string[] {
  if (text.startsWith("\ufeff")) throw new VocabularyFileError(file, 1, "a token", "a byte order mark");
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) {
    if (line.includes("\0")) throw new VocabularyFileError(file, index + 1, "UTF-8", "NUL, as UTF-16 has it");
    if (!line.isWellFormed()) throw new VocabularyFileError(file, index + 1, "well-formed Unicode", "a lone surrogate");
  }
  return lines;
}
