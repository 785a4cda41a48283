/** Reads the golden files that the scripts beside them wrote. */
import { readFileSync } from "node:fs";
import type { Constraint, LossName } from "../src/index.ts";

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export interface GoldenLstm {
  readonly name: string;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly lengths: readonly number[];
  readonly input: GoldenTensor;
  readonly parameters: Readonly<Record<string, GoldenTensor>>;
  readonly output: GoldenTensor;
  readonly hiddenState: GoldenTensor;
  readonly cellState: GoldenTensor;
  readonly outputFactor: GoldenTensor;
  readonly hiddenFactor: GoldenTensor;
  readonly cellFactor: GoldenTensor;
  readonly inputGradient: GoldenTensor;
  readonly parameterGradients: Readonly<Record<string, GoldenTensor>>;
  readonly initialHidden?: GoldenTensor;
  readonly initialCell?: GoldenTensor;
  readonly initialHiddenGradient?: GoldenTensor;
  readonly initialCellGradient?: GoldenTensor;
}

type GoldenTensors = Readonly<Record<string, GoldenTensor>>;

export interface GoldenRecurrent {
  readonly name: string;
  readonly kind: "lstm" | "gru" | "rnn";
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly activation?: "tanh" | "relu";
  readonly projectionSize?: number;
  readonly lengths: readonly number[];
  readonly input: GoldenTensor;
  /** By tensor of a state, each `[layers * directions, batch, size]`. */
  readonly initial: GoldenTensors;
  readonly parameters: GoldenTensors;
  /** The output and the tensors of the last states; `factors` weigh them in the loss. */
  readonly results: GoldenTensors;
  readonly factors: GoldenTensors;
  readonly inputGradient: GoldenTensor;
  readonly initialGradients: GoldenTensors;
  readonly parameterGradients: GoldenTensors;
}

export interface GoldenEmbedding {
  readonly paddingIndex: number;
  readonly ids: readonly number[];
  readonly weight: GoldenTensor;
  readonly factor: GoldenTensor;
  readonly output: GoldenTensor;
  readonly weightGradient: GoldenTensor;
}

export interface GoldenCrossEntropy {
  readonly name: string;
  readonly logits: GoldenTensor;
  readonly targets: readonly number[];
  readonly classWeights: GoldenTensor | null;
  readonly labelSmoothing: number;
  readonly loss: number;
  readonly logitsGradient: GoldenTensor;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8")) as T;
}

export const goldenLstms = read<readonly GoldenLstm[]>("lstm.json");
export const goldenRecurrents = read<readonly GoldenRecurrent[]>("recurrent.json");
export const goldenEmbedding = read<GoldenEmbedding>("embedding.json");
export const goldenCrossEntropies = read<readonly GoldenCrossEntropy[]>("cross-entropy.json");

export interface GoldenLoss {
  readonly name: string;
  readonly loss: LossName;
  readonly computedIn: "float32" | "float64";
  /** `predictions`, or the parameters of a distribution by name. */
  readonly inputs: GoldenTensors;
  readonly targets: readonly number[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly value: number;
  /** By name of the input. */
  readonly gradients: GoldenTensors;
}

export const goldenLosses = read<readonly GoldenLoss[]>("losses.json");

export interface GoldenCtc {
  readonly name: string;
  readonly shape: readonly number[];
  readonly logits: readonly number[];
  readonly lengths: readonly number[];
  readonly targets: readonly (readonly number[])[];
  readonly blank: number;
  readonly reduction: "mean" | "sum" | "none";
  readonly zeroInfinity: boolean;
  /** One number, or one for each row; null is Infinity. */
  readonly losses: readonly (number | null)[];
  /** Of the sum of the losses; null where one is not finite. */
  readonly gradient: readonly number[] | null;
}

export const goldenCtcs = read<readonly GoldenCtc[]>("ctc.json");

export interface GoldenConstraint {
  readonly constraint: Constraint;
  readonly shape: readonly number[];
  readonly weight: readonly number[];
  readonly constrained: readonly number[];
}

export const goldenConstraints = read<readonly GoldenConstraint[]>("constraints.json");

export interface GoldenAdaptiveSoftmax {
  readonly name: string;
  readonly cutoffs: readonly number[];
  readonly divValue: number;
  readonly headBias: boolean;
  readonly x: GoldenTensor;
  readonly targets: readonly number[];
  readonly parameters: GoldenTensors;
  readonly loss: number;
  readonly losses: GoldenTensor;
  readonly logProbs: GoldenTensor;
  readonly predicted: readonly number[];
  /** Of `x` and the parameters; a cluster without targets has none. */
  readonly gradients: Readonly<Record<string, GoldenTensor>>;
}

export const goldenAdaptiveSoftmaxes = read<readonly GoldenAdaptiveSoftmax[]>("adaptive-softmax.json");
