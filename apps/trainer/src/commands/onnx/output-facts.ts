/** What an ONNX file says of its outputs. */
import type { OnnxModel } from "@cellstate/onnx";
import type { OutputFacts } from "../import/outputs.ts";
import { headOf } from "../import/outputs.ts";
import { outputOf } from "./feeds.ts";

/** Operators that a softmax or a sigmoid of small ones ends in. */
const COMPOSING: readonly string[] = ["Div", "If", "Loop", "Reciprocal", "Scan", "Where"];

/** What the command line says of outputs, which goes before what the file says. */
export type SaidOfOutputs = Pick<OutputFacts, "kind" | "labels" | "scores">;

/**
 * By the options, else by what a file that Cellstate wrote says, else by the last operator. What several operators make up, such as a
 * quotient of powers, shows in its numbers.
 *
 * @param outputs           numbers of a text
 * @param areProbabilities  whether those of the texts that were tried look like probabilities
 */
export function outputFacts(
  model: OnnxModel,
  { outputs, areProbabilities }: { readonly outputs: number; readonly areProbabilities: boolean },
  said: SaidOfOutputs,
): OutputFacts {
  const known = (key: string) => model.metadata.get(`cellstate.${key}`);
  const labels = known("labels");
  const { operator } = outputOf(model);
  const head = headOf(operator ?? "");
  const mayBe = areProbabilities && (operator === undefined || COMPOSING.includes(operator));
  return {
    outputs,
    head: head === "other" && mayBe ? (outputs === 1 ? "sigmoid" : "softmax") : head,
    kind: said.kind ?? (known("kind") as OutputFacts["kind"]),
    labels: said.labels ?? (labels && (JSON.parse(labels) as readonly string[]).join(",")),
    scores: said.scores ?? (known("scores") as OutputFacts["scores"]),
  };
}
