/** `labels.json`: the names of a classifier's classes, in the order of its outputs. */
import { z } from "zod";
import { ModelFilesError } from "../errors.ts";
import { requireFile } from "../model-files.ts";
import type { ModelFiles } from "../task.ts";
import type { FittedClassifier } from "./data.ts";

export const LABELS_FILE = "labels.json";
const FORMAT_VERSION = 1;

const labelsFile = z.object({
  formatVersion: z.literal(FORMAT_VERSION),
  labels: z.array(z.string()).min(2),
  trainCounts: z.array(z.int().min(1)),
});

type Labels = Pick<FittedClassifier, "labels" | "trainCounts">;

export function formatLabels({ labels, trainCounts }: Labels): string {
  return `${JSON.stringify({ formatVersion: FORMAT_VERSION, labels, trainCounts }, null, 2)}\n`;
}

/** @throws {ModelFilesError} if the file is missing, malformed or newer than this code */
export function readLabels(files: ModelFiles): Labels {
  const value = parse(requireFile(files, LABELS_FILE));
  const version = z.object({ formatVersion: z.number().gt(FORMAT_VERSION) }).safeParse(value);
  if (version.success) {
    throw new ModelFilesError(
      LABELS_FILE,
      `formatVersion ${version.data.formatVersion} is newer than ${FORMAT_VERSION}, the newest that this version reads; update Cellstate`,
    );
  }
  const result = labelsFile.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw new ModelFilesError(LABELS_FILE, `${issue.path.join(".") || "the file"}: ${issue.message}`);
  }
  if (result.data.trainCounts.length !== result.data.labels.length) {
    throw new ModelFilesError(LABELS_FILE, "expected one count in trainCounts for each of labels");
  }
  return result.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModelFilesError(LABELS_FILE, "not valid JSON", { cause: error });
  }
}
