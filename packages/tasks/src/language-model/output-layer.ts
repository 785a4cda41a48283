/** From the features of the last layer to what comes next: a softmax over all tokens, or an adaptive one. */
import {
  AdaptiveSoftmax,
  type Embedding,
  Linear,
  linearCrossEntropy,
  type Module,
  TiedLinear,
} from "@cellstate/lstm-core";
import { gather, logSoftmax, neg, type RandomStream, reshape, type Session, type Tensor } from "@cellstate/tensor";
import type { LanguageNetworkConfig } from "./config.ts";

export interface OutputLayer extends Module {
  /**
   * Mean cross-entropy of the targets, shape `[]`, nats.
   *
   * @param features  `[rows, features]`
   * @param targets   `[rows]`: ids
   */
  loss(features: Tensor, targets: Int32Array): Tensor;
  /** Cross-entropy of each target, `[rows]`, nats. */
  losses(features: Tensor, targets: Int32Array): Tensor;
  /** Natural-log probabilities of all tokens, or scores that differ from them by a number for each row: `[rows, vocabSize]`. */
  scores(features: Tensor): Tensor;
}

export interface OutputLayerOptions {
  readonly config: Pick<LanguageNetworkConfig, "output" | "tieEmbeddings">;
  readonly embedding: Embedding;
  readonly inputSize: number;
  readonly vocabSize: number;
  /** Draws the first weights. */
  readonly stream: RandomStream;
}

/** @throws {OptionError} if a cutoff is no id of the vocabulary */
export function buildOutput(session: Session, options: OutputLayerOptions): OutputLayer {
  const { config, embedding, inputSize, vocabSize, stream } = options;
  if (config.output.kind === "adaptive") {
    const { cutoffs, divValue } = config.output;
    return adaptiveOutput(
      new AdaptiveSoftmax(session, { inputSize, numClasses: vocabSize, cutoffs, divValue, stream }),
    );
  }
  return softmaxOutput(
    config.tieEmbeddings
      ? new TiedLinear(session, { embedding, inputSize, stream })
      : new Linear(session, { inputSize, outputSize: vocabSize, stream }),
  );
}

function softmaxOutput(layer: Linear | TiedLinear): OutputLayer {
  const scores = (features: Tensor) => layer.forward(features);
  return {
    parameters: () => layer.parameters(),
    scores,
    loss(features, targets) {
      const { weight, bias } = layer;
      const projected = layer instanceof TiedLinear ? layer.project(features) : features;
      return linearCrossEntropy(projected, weight, targets, { bias });
    },
    losses(features, targets) {
      const rows = targets.length;
      const ids = features.session.tensor(targets, [rows, 1], { dtype: "int32" });
      return neg(reshape(gather(logSoftmax(scores(features)), 1, ids), [rows]));
    },
  };
}

function adaptiveOutput(layer: AdaptiveSoftmax): OutputLayer {
  return {
    parameters: () => layer.parameters(),
    scores: (features) => layer.logProbs(features),
    loss: (features, targets) => layer.loss(features, targets),
    losses: (features, targets) => layer.loss(features, targets, { reduction: "none" }),
  };
}
