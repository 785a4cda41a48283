/** What the network of a model consists of, for those who write it in another format; its parameters are those of the model. */
import type { LayersNetwork } from "@cellstate/layers";
import type { TagConstraints } from "@cellstate/lstm-core";
import type { RecurrentSection } from "@cellstate/lstm-core/config";
import type { Seq2SeqConfig } from "@cellstate/seq2seq/config";
import type { Tensor } from "@cellstate/tensor";
import type { ClassifierModelConfig } from "./classify/config.ts";
import type { CharactersConfig } from "./tagging/config.ts";

/** Embedding, recurrent layers, pooling over time, linear classifier: `TextClassifier`. */
export interface ClassifierNetwork {
  readonly kind: "classifier";
  readonly model: ClassifierModelConfig;
  /** In the order of the outputs. */
  readonly labels: readonly string[];
  readonly padId: number;
  /** The vectors of all ids, `[vocabSize, embeddingSize]`: the parameter `embedding.weight`, where it is such a table. */
  vectors(): Tensor;
}

/** An encoder and a decoder that attends to it: `Seq2Seq`. */
export interface TranslatorNetwork {
  readonly kind: "translator";
  readonly model: Seq2SeqConfig;
  /** Ids of the target's vocabulary that mean something. */
  readonly target: { readonly padId: number; readonly bosId: number; readonly eosId: number };
}

/** Layers as Keras has them. */
export interface LayeredNetwork {
  readonly kind: "layers";
  /** What it consists of, with the weights that it has by then. */
  layers(): LayersNetwork;
  /** What a user must know beside it, such as labels, as plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What came as an ONNX file, and is one. */
export interface OnnxFileNetwork {
  readonly kind: "onnxFile";
  readonly bytes: Uint8Array;
}

/** Recurrent layers over a context, a linear layer for all steps to come: `Forecaster`. */
export interface ForecasterNetwork {
  readonly kind: "forecaster";
  /** The section of the recurrent layers. */
  readonly encoder: RecurrentSection;
  /** Steps that it looks back on. */
  readonly context: number;
  /** Numbers of each of them; the first ones are the scaled targets. */
  readonly inputSize: number;
  /** Steps that it forecasts. */
  readonly horizon: number;
  /** Columns that it forecasts together. */
  readonly targets: number;
  /** Numbers of each step to come that are known before. */
  readonly knownAhead: number;
  /** Numbers that it gives for each step. */
  readonly outputs: number;
  /** What a user must know beside it, such as the levels of quantiles, as plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Vectors of words and of their characters, recurrent layers, scores of tags at each word: `Tagger`. */
export interface TaggerNetwork {
  readonly kind: "tagger";
  readonly encoder: RecurrentSection;
  readonly characters: CharactersConfig;
  /** In the order of the scores. */
  readonly tags: readonly string[];
  /** Rules that a CRF keeps to; undefined where any tag may follow any. */
  readonly constraints: TagConstraints | undefined;
}

/** Embedding, recurrent layers in one direction, a score for each token that may follow: `LanguageModel`. */
export interface LanguageModelNetwork {
  readonly kind: "languageModel";
  /** The section of the recurrent layers. */
  readonly encoder: RecurrentSection;
  readonly tieEmbeddings: boolean;
  /** The kind of the output layer. */
  readonly output: string;
  /** What a user must know beside it, such as the id that a text begins from, as plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export type Network =
  | ClassifierNetwork
  | TranslatorNetwork
  | TaggerNetwork
  | ForecasterNetwork
  | LanguageModelNetwork
  | LayeredNetwork
  | OnnxFileNetwork;
