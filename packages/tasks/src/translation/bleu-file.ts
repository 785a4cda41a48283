/** `bleu.json`: how BLEU cuts targets into tokens, chosen by their script in training so that later scores are made the same way. */
import { type BleuTokenizer, bleuTokenizers } from "@cellstate/metrics";
import { z } from "zod";
import { encodeJson, readJson } from "../file-contents.ts";
import type { FileContents } from "../task.ts";

export const BLEU_FILE = "bleu.json";
const FORMAT_VERSION = 1;

const bleuFile = z.object({ tokenize: z.enum(bleuTokenizers) });

export function formatBleuFile(tokenize: BleuTokenizer): Uint8Array {
  return encodeJson({ formatVersion: FORMAT_VERSION, tokenize });
}

/** @throws {ModelFilesError} if the file is missing, malformed or newer than this code */
export function readBleuFile(files: FileContents): BleuTokenizer {
  return readJson(files, BLEU_FILE, bleuFile, FORMAT_VERSION).tokenize;
}
