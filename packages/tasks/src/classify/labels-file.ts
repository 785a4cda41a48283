/** `labels.json`: the names of a classifier's classes, in the order of its outputs. */
import { z } from "zod";
import { ModelFilesError } from "../errors.ts";
import { encodeJson, readJson } from "../file-contents.ts";
import type { FileContents } from "../task.ts";
import { MODEL_FORMAT_VERSION } from "../versioned.ts";
import type { FittedClassifier } from "./data.ts";

export const LABELS_FILE = "labels.json";

const labelsFile = z.object({
  labels: z.array(z.string()).min(2),
  trainCounts: z.array(z.int().min(1)),
});

type Labels = Pick<FittedClassifier, "labels" | "trainCounts">;

export function formatLabels({ labels, trainCounts }: Labels): Uint8Array {
  return encodeJson({ formatVersion: MODEL_FORMAT_VERSION, labels, trainCounts });
}

/** @throws {ModelFilesError} if the file is missing, malformed or newer than this code */
export function readLabels(files: FileContents): Labels {
  const { labels, trainCounts } = readJson(files, LABELS_FILE, labelsFile, MODEL_FORMAT_VERSION);
  if (trainCounts.length !== labels.length) {
    throw new ModelFilesError(LABELS_FILE, "expected one count in trainCounts for each of labels");
  }
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined)
    throw new ModelFilesError(LABELS_FILE, `expected labels that differ, got ${JSON.stringify(twice)} twice`);
  return { labels, trainCounts };
}
