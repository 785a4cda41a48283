/** Texts of the data sets in a folder: whatever in their files has letters. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const TEXT_FILE = /\.(?:tsv|csv|txt|conllu|de|en|fr)(?:\.gz)?$/;
/** In UTF-16 code units; longer texts only take longer. */
const LONGEST = 400;

/**
 * Texts from each of the files, at equal distances.
 *
 * @param perFile how many lines of a file; each gives a text for each column that has letters
 */
export function dataSetTexts(folder: string, perFile: number): string[] {
  return textFiles(folder).flatMap((file) => {
    const lines = linesOf(file);
    const step = Math.max(1, Math.floor(lines.length / perFile));
    return lines
      .filter((_, index) => index % step === 0)
      .slice(0, perFile)
      .flatMap((line) => line.split("\t"))
      .filter((cell) => /\p{L}/u.test(cell))
      .map((cell) => cell.slice(0, LONGEST).toWellFormed());
  });
}

/** The lines of one file of the data sets, unpacked if it is packed. */
export function linesOf(file: string): string[] {
  const bytes = readFileSync(file);
  return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").split("\n");
}

function textFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && TEXT_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
