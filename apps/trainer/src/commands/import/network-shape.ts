/** What a network has to be like to read texts, and what its layers say of that. */
import type { Model, ModelConfig } from "@cellstate/layers";
import { UsageError } from "../../errors.ts";
import { type Head, headOf } from "./outputs.ts";

/** Of a network from ids of a text to a few numbers. */
export interface TextNetworkShape {
  /** Ids of each text; `null` if any number will do. */
  readonly seqLen: number | null;
  /** Ids that its embedding has vectors for. */
  readonly vocabSize: number;
  readonly outputs: number;
  /** By its last activation. */
  readonly head: Head;
}

/** @throws {UsageError} if the network reads or gives something else, with what to do instead */
export function textNetworkShape(model: Model<unknown>, file: string): TextNetworkShape {
  const [input, ...otherInputs] = model.inputs;
  const [output, ...otherOutputs] = model.outputs;
  const refuse = (what: string) =>
    new UsageError(`${file}: ${what}; open it in a program, with importKeras of @cellstate/interchange`);
  if (otherInputs.length > 0) throw refuse(`it has ${model.inputs.length} inputs, and a network of texts one`);
  if (otherOutputs.length > 0) throw refuse(`it has ${model.outputs.length} outputs, and a network of texts one`);
  const config = model.config();
  const embedding = config.layers.find(({ className }) => className === "Embedding");
  if (input!.shape.length !== 1 || embedding === undefined) {
    throw refuse(`it reads numbers of shape (${input!.shape.join(", ")}), and a network of texts ids, by an Embedding`);
  }
  const [outputs] = output!.shape;
  if (output!.shape.length !== 1 || typeof outputs !== "number") {
    throw refuse(`it gives numbers of shape (${output!.shape.join(", ")}), and a network of texts one for each label`);
  }
  return {
    seqLen: input!.shape[0] ?? null,
    vocabSize: embedding.options.inputDim as number,
    outputs,
    head: headOf(lastFunction(config)),
  };
}

/** The last layer's activation. */
function lastFunction({ layers, nodes, outputs }: ModelConfig): string {
  const last = layers[nodes[outputs[0]![0]]!.layer]!;
  return last.className === "Softmax" ? "softmax" : String(last.options.activation ?? "linear");
}
