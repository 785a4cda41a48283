/** `baselines.json`: what the trivial models of a task learned of its train split. */
import { z } from "zod";
import { encodeFile, readJson } from "./file-contents.ts";
import type { FileContents } from "./task.ts";

export const BASELINES_FILE = "baselines.json";
const FORMAT_VERSION = 1;

/** On one line: its numbers are for programs, and there may be many. */
export function formatBaselines(learned: unknown): Uint8Array {
  return encodeFile(`${JSON.stringify({ formatVersion: FORMAT_VERSION, learned })}\n`);
}

/** @throws {ModelFilesError} if the file is malformed or newer than this code */
export function readBaselines<Learned>(files: FileContents, schema: z.ZodType<Learned>): Learned {
  const file = z.looseObject({ learned: schema }) as unknown as z.ZodType<{ learned: Learned }>;
  return readJson(files, BASELINES_FILE, file, FORMAT_VERSION).learned;
}
