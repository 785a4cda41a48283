/** Reads the golden files that make_lstm_golden.py wrote. */
import { readFileSync } from "node:fs";

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
export const goldenEmbedding = read<GoldenEmbedding>("embedding.json");
export const goldenCrossEntropies = read<readonly GoldenCrossEntropy[]>("cross-entropy.json");
