/** What the outputs of a network of texts are: classes, labels or numbers. */
import type { KerasLoss } from "@cellstate/interchange";
import { IMPORTED_TEXT, type ImportedConfig } from "@cellstate/tasks";
import { UsageError } from "../../errors.ts";

type Output = ImportedConfig["output"];

/** What a network ends in, as far as it says what the outputs are. */
export type Head = "softmax" | "sigmoid" | "linear" | "other";

const HEADS: Readonly<Record<string, Head>> = {
  ...{ softmax: "softmax", sigmoid: "sigmoid", hardsigmoid: "sigmoid", linear: "linear" },
  // of ONNX: a logarithm of probabilities is a score before a softmax
  ...{ logsoftmax: "linear", gemm: "linear", matmul: "linear", add: "linear" },
};

/** @param name  of the last activation, or of the last operator */
export function headOf(name: string): Head {
  return HEADS[name.toLowerCase()] ?? "other";
}

/** What is known of outputs, and what the command line says of them. */
export interface OutputFacts {
  readonly outputs: number;
  readonly head: Head;
  /** What the network was trained with, where that is known. */
  readonly loss?: KerasLoss | undefined;
  /** `--outputs` */
  readonly kind?: Output["kind"] | undefined;
  /** `--labels` */
  readonly labels?: string | undefined;
  /** `--scores` */
  readonly scores?: "probabilities" | "logits" | undefined;
}

/** @throws {UsageError} unless there is a name for each output (two for a single one that tells two classes apart) */
export function outputSection(facts: OutputFacts): Output {
  const names = facts.labels?.split(",").map((name) => name.trim());
  const kind = facts.kind ?? kindOf(facts, names?.length);
  const labels = namesOf(kind, facts.outputs, names);
  if (kind === "numbers") return { kind, labels };
  const isSure = facts.head === "softmax" || facts.head === "sigmoid";
  return { kind, labels, scores: facts.scores ?? (isSure ? "probabilities" : "logits") };
}

/** Losses of numbers. */
const OF_NUMBERS: readonly string[] = [
  ...["mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error"],
  ...["huber", "huber_loss", "logcosh", "log_cosh", "poisson"],
];
const OF_CLASSES: readonly string[] = ["categorical_crossentropy", "sparse_categorical_crossentropy"];

/** A single linear output is a number, unless two names or its loss say that it tells two classes apart. */
function kindOf({ outputs, head, loss, scores }: OutputFacts, names: number | undefined): Output["kind"] {
  if (loss !== undefined && OF_NUMBERS.includes(loss.name)) return "numbers";
  const isBinary = loss?.name === "binary_crossentropy" || loss?.name === "binary_focal_crossentropy";
  switch (head) {
    case "softmax":
      return "classes";
    case "sigmoid":
      return outputs === 1 || OF_CLASSES.includes(loss?.name ?? "") ? "classes" : "labels";
    case "linear":
      if (outputs > 1) return isBinary ? "labels" : "classes";
      return isBinary || names === 2 || scores !== undefined ? "classes" : "numbers";
    case "other":
      return isBinary || names === 2 || scores !== undefined ? "classes" : "numbers";
    default:
      return head satisfies never;
  }
}

function namesOf(kind: Output["kind"], outputs: number, given: readonly string[] | undefined): string[] {
  const count = kind === "classes" && outputs === 1 ? 2 : outputs;
  if (given === undefined) {
    return kind === "numbers" && count === 1 ? ["value"] : Array.from({ length: count }, (_, number) => String(number));
  }
  if (given.length !== count) {
    const why =
      count > outputs ? "one output, which tells two classes apart" : `${outputs} output${outputs === 1 ? "" : "s"}`;
    const names = count === 1 ? "name" : "names";
    throw new UsageError(
      `--labels: expected ${count} ${names}, since the network has ${why}; got ${given.length}: ${given.join(", ")}`,
    );
  }
  const twice = given.find((name, index) => given.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--labels: ${JSON.stringify(twice)} is given twice`);
  if (kind !== "classes" && given.includes(IMPORTED_TEXT)) {
    throw new UsageError(`--labels: ${IMPORTED_TEXT} is the column of the texts; give that output another name`);
  }
  return [...given];
}

/** One line on what the outputs are taken as, with how to say otherwise. */
export function describeOutput(output: Output): string {
  const names =
    output.labels.length > 20 ? `${output.labels.length.toLocaleString("en-US")} of them` : output.labels.join(", ");
  switch (output.kind) {
    case "classes":
      return `labels: ${names}; outputs are taken as ${output.scores}, of one class each (--outputs says otherwise)`;
    case "labels":
      return `labels: ${names}; outputs are taken as ${output.scores} of labels of which a text may have any (--outputs says otherwise)`;
    case "numbers":
      return `numbers: ${names}; evaluate reads columns of these names, which --labels gives (--outputs says otherwise)`;
    default:
      return output satisfies never;
  }
}
