/** A network from numbers to numbers, such as a forecaster. */
import { saveImportedSeries } from "@cellstate/tasks";
import { UsageError } from "../../errors.ts";
import type { ImportOptions } from "../import.ts";
import type { OpenedNetwork, Taken } from "./import-model.ts";

/** Whether a network turns ids into vectors: then it reads texts. */
export function readsIds({ model }: OpenedNetwork): boolean {
  return model.config().layers.some(({ className }) => className === "Embedding");
}

const OF_TEXTS = [
  "tokenizer",
  "labels",
  "maxLength",
  "padding",
  "truncating",
  "nextWord",
  "outputs",
  "scores",
  "specialTokens",
] as const;

export async function takeSeries({ file, name, model, source }: OpenedNetwork, options: ImportOptions): Promise<Taken> {
  const given = OF_TEXTS.find((option) => options[option] !== undefined);
  if (given !== undefined) {
    const flag = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${flag}: is for networks of texts, and ${file} has no Embedding: it reads numbers`);
  }
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new UsageError(
      `${file}: it has ${model.inputs.length} inputs and ${model.outputs.length} outputs, and a forecaster one each; ` +
        "open it in a program, with importKeras of @cellstate/interchange",
    );
  }
  const [input, output] = [model.inputs[0]!.shape, model.outputs[0]!.shape];
  const shown = (shape: readonly (number | null)[]) => `(${shape.map((extent) => extent ?? "any").join(", ")})`;
  return {
    files: await saveImportedSeries({ name, network: model, config: { source } }),
    lines: [
      `each series: numbers of shape ${shown(input)}, row by row; it gives numbers of shape ${shown(output)}`,
      "numbers go in and come out as they are: scale them as in training",
    ],
    facts: { input, output },
  };
}
