/** The ways to score a split that read it from start to end. */
import { stateDict } from "@cellstate/lstm-core";
import { add, assign, backward, mean, mul, sub } from "@cellstate/tensor";
import { createOptimizer } from "@cellstate/training";
import type { EvaluationConfig } from "../config.ts";
import type { TextLoss } from "../metrics.ts";
import type { LanguageModel } from "../model.ts";
import type { TextExample } from "../segments.ts";
import { ContinuousCache } from "./cache.ts";
import { type ReadOnOptions, readOn } from "./read-on.ts";

/** Steps computed together where nothing else says it. */
const STRETCH = 128;

type Progress = ReadOnOptions["onProgress"];
type OfKind<Kind extends EvaluationConfig["kind"]> = Extract<EvaluationConfig, { kind: Kind }>;

/** The losses of a split as the config says; undefined where its segments do not depend on each other. */
export function evaluateInOrder(
  model: LanguageModel,
  config: EvaluationConfig,
): ((examples: readonly TextExample[], onProgress: Progress) => Promise<TextLoss[]>) | undefined {
  switch (config.kind) {
    case "segments":
      return undefined;
    case "carried":
      return (examples, onProgress) => carried(model, examples, onProgress);
    case "cache":
      return (examples, onProgress) => cached(model, examples, config, onProgress);
    case "dynamic":
      return (examples, onProgress) => dynamic(model, examples, config, onProgress);
    default:
      return config satisfies never;
  }
}

async function carried(model: LanguageModel, examples: readonly TextExample[], onProgress: Progress) {
  using _ = model.session.noGrad();
  const lossesOf: ReadOnOptions["lossesOf"] = ({ features, next }) => model.output.losses(features, next).readSync();
  return await readOn(model, examples, { stretch: STRETCH, lossesOf, onProgress });
}

async function cached(
  model: LanguageModel,
  examples: readonly TextExample[],
  config: OfKind<"cache">,
  onProgress: Progress,
) {
  using _ = model.session.noGrad();
  const cache = new ContinuousCache(model.encoder.outputSize, config);
  const lossesOf: ReadOnOptions["lossesOf"] = ({ features, next }) =>
    cache.losses(features, next, model.output.losses(features, next).readSync());
  return await readOn(model, examples, { stretch: STRETCH, lossesOf, onProgress });
}

/**
 * Each stretch is scored before the model learns from it: one step of gradient descent, and one back towards the trained weights, which
 * come back in the end.
 *
 * @see Krause et al. 2018, arXiv:1709.07432, section 4.1, with plain gradients
 */
async function dynamic(
  model: LanguageModel,
  examples: readonly TextExample[],
  { learningRate, decay, bptt }: OfKind<"dynamic">,
  onProgress: Progress,
) {
  const { session } = model;
  using _ = session.enableGrad();
  const parameters = model.parameters();
  const trained = stateDict(model);
  const optimizer = createOptimizer({ kind: "sgd", learningRate }, parameters, session);
  const lossesOf: ReadOnOptions["lossesOf"] = ({ features, next }) => {
    const losses = model.output.losses(features, next);
    const nats = losses.readSync();
    optimizer.step(backward(mean(losses)), { learningRate });
    if (decay > 0) {
      using _paused = session.noGrad();
      for (const [name, parameter] of parameters) {
        const start = session.tensor(trained.get(name)!.data, parameter.shape);
        assign(parameter, add(parameter, mul(sub(start, parameter), decay)));
      }
    }
    return nats;
  };
  try {
    return await readOn(model, examples, { stretch: bptt, lossesOf, onProgress });
  } finally {
    for (const [name, parameter] of parameters) parameter.write(trained.get(name)!.data);
  }
}
