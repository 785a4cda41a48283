/** All targets, in the order in which they are fuzzed. */
import { UsageError } from "cellstate";
import type { Target } from "./target.ts";
import { card } from "./targets/card.ts";
import { checkpoint } from "./targets/checkpoint.ts";
import { config } from "./targets/config.ts";
import { csv, jsonl, tsv, txt } from "./targets/data-files.ts";
import { gz } from "./targets/gz.ts";
import { keras } from "./targets/keras.ts";
import { misbehaving } from "./targets/misbehaving.ts";
import { model } from "./targets/model.ts";
import { onnx } from "./targets/onnx.ts";
import { onnxExternal } from "./targets/onnx-external.ts";
import { cells, predict } from "./targets/predict.ts";
import { pytorch } from "./targets/pytorch.ts";
import { regex } from "./targets/regex.ts";
import { run } from "./targets/run.ts";
import { safetensors } from "./targets/safetensors.ts";
import { sentencepiece } from "./targets/sentencepiece.ts";
import { set } from "./targets/set.ts";
import { sweep } from "./targets/sweep.ts";
import { tokenizerJson } from "./targets/tokenizer-json.ts";
import { vectors } from "./targets/vectors.ts";
import { merges, vocab } from "./targets/vocabularies.ts";

export const targets: readonly Target[] = [
  ...[config, set, card],
  ...[csv, tsv, jsonl, txt, gz, vectors],
  ...[tokenizerJson, sentencepiece, vocab, merges, regex],
  ...[safetensors, checkpoint, model, run, sweep],
  ...[pytorch, keras, onnx, onnxExternal],
  ...[predict, cells],
];

/** @throws {UsageError} if there is none of that name */
export function findTarget(name: string): Target {
  const target = [...targets, misbehaving].find((one) => one.name === name);
  if (target !== undefined) return target;
  throw new UsageError(
    `--target ${name}: there is none of that name; there are ${targets.map((one) => one.name).join(", ")}`,
  );
}
