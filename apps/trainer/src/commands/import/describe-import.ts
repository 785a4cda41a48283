/** What was taken over, and what was not, in words. */
import { asCaller } from "../../paths.ts";
import type { Import } from "./import-model.ts";

const SIDES = { pre: "start", post: "end" } as const;

export function describeImport(result: Import): string {
  const { file, imported, shape, tokenizer, labels, maxLength, padding, truncating, folder } = result;
  const { model, kerasVersion } = imported;
  const weights = model.getWeights().reduce((sum, { data }) => sum + data.length, 0);
  const count = (value: number) => value.toLocaleString("en-US");
  const length =
    maxLength === undefined
      ? "as many ids as it has tokens"
      : `${maxLength} ids, filled at its ${SIDES[padding]} and cut at its ${SIDES[truncating]}`;
  const lines = [
    `${file}: a network of Keras ${kerasVersion}, ${count(weights)} weights`,
    ...model.layers.map(({ name, className }) => `  ${name} (${className})`),
    `each text: ${length}; ids up to ${count(tokenizer.vocabSize - 1)} of ${count(shape.vocabSize)}`,
    `labels: ${labels.join(", ")}`,
    ...(shape.scores === "logits"
      ? ["its last layer has no sigmoid or softmax: outputs are taken as scores before one"]
      : []),
    "not taken over: the optimizer, the loss, metrics, and what acts in training alone",
    `wrote ${asCaller(folder)}; try: cellstate predict ${asCaller(folder)} "..."`,
  ];
  return `${lines.join("\n")}\n`;
}
