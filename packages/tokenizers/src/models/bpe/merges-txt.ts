/** The merges.txt of GPT-2 and related models: a merge on each line, two tokens with a space between, first learned first. */
import { VocabularyFileError } from "../../errors.ts";
import { describe } from "../../json.ts";
import { linesOf } from "../vocabulary-lines.ts";
import type { BpeMerge } from "./model.ts";

const VERSION = "#version";

/**
 * Reads merges, and skips lines that state a version.
 *
 * @throws {VocabularyFileError} naming the line, from 1, that has not two tokens or is not UTF-8
 */
export function readMergesTxt(text: string): BpeMerge[] {
  return linesOf("merges.txt", text).flatMap((line, index) =>
    line.startsWith(VERSION) ? [] : [readLine(line, index + 1)],
  );
}

function readLine(line: string, number: number): BpeMerge {
  const [left, right, ...rest] = line.split(" ");
  if (left === undefined || left === "" || right === undefined || right === "" || rest.length > 0) {
    throw new VocabularyFileError("merges.txt", number, "two tokens divided by a space", describe(line));
  }
  return [left, right];
}

export function writeMergesTxt(merges: readonly BpeMerge[]): string {
  return [`${VERSION}: 0.2`, ...merges.map(([left, right]) => `${left} ${right}`)].map((line) => `${line}\n`).join("");
}
