/** What a network has to be like to classify texts, and what its layers say of that. */
import type { Model, ModelConfig } from "@cellstate/layers";
import { UsageError } from "../../errors.ts";

/** Of a network from ids of a text to scores of classes. */
export interface ClassifierShape {
  /** Ids of each text; `null` if any number will do. */
  readonly seqLen: number | null;
  /** Ids that its embedding has vectors for. */
  readonly vocabSize: number;
  readonly outputs: number;
  /** By its last activation. */
  readonly scores: "probabilities" | "logits";
}

/** @throws {UsageError} if the network reads or gives something else, with what to do instead */
export function classifierShape(model: Model<unknown>, file: string): ClassifierShape {
  const [input, ...otherInputs] = model.inputs;
  const [output, ...otherOutputs] = model.outputs;
  const refuse = (what: string) =>
    new UsageError(`${file}: ${what}; open it in a program, with importKeras of @cellstate/interchange`);
  if (otherInputs.length > 0) throw refuse(`it has ${model.inputs.length} inputs, and a text classifier one`);
  if (otherOutputs.length > 0) throw refuse(`it has ${model.outputs.length} outputs, and a text classifier one`);
  const config = model.config();
  const embedding = config.layers.find(({ className }) => className === "Embedding");
  if (input!.shape.length !== 1 || embedding === undefined) {
    throw refuse(`it reads numbers of shape (${input!.shape.join(", ")}), and a text classifier ids, by an Embedding`);
  }
  const [outputs] = output!.shape;
  if (output!.shape.length !== 1 || typeof outputs !== "number") {
    throw refuse(
      `it gives numbers of shape (${output!.shape.join(", ")}), and a text classifier one score for each class`,
    );
  }
  return {
    seqLen: input!.shape[0] ?? null,
    vocabSize: embedding.options.inputDim as number,
    outputs,
    scores: endsInProbabilities(config) ? "probabilities" : "logits",
  };
}

function endsInProbabilities({ layers, nodes, outputs }: ModelConfig): boolean {
  const last = layers[nodes[outputs[0]![0]]!.layer]!;
  return (
    last.className === "Softmax" || ["softmax", "sigmoid", "hardSigmoid"].includes(String(last.options.activation))
  );
}
