/** What several tests share: small models and what they give, random rows of ids, and a plain training step. */
import { evaluationStep, padIds, type StepContext } from "@cellstate/lstm-core";
import { adamStep, backward, denseGradient, Rng, type Session } from "@cellstate/tensor";
import { type Seq2SeqConfig, seq2seqConfig } from "../src/config.ts";
import { beamSearch, greedySearch, Seq2Seq, type TranslationBatch, teacherForcing } from "../src/index.ts";

export const source = { vocabSize: 9, padId: 0 };
export const target = { vocabSize: 10, padId: 0, bosId: 1, eosId: 2 };

export interface TinyOptions {
  readonly attention?: "additive" | "general";
  readonly inputFeeding?: boolean;
  readonly tieEmbeddings?: boolean;
  readonly numLayers?: number;
  readonly hiddenSize?: number;
  readonly embeddingSize?: number;
  readonly dropout?: number;
  readonly layerNorm?: boolean;
  /** Kind and options of encoder and decoder alike. Default: an LSTM. */
  readonly recurrent?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
}

function tinyConfig(options: TinyOptions = {}): Seq2SeqConfig {
  const { attention = "additive", hiddenSize = 3, embeddingSize = 4, numLayers = 1, dropout = 0 } = options;
  const { inputFeeding = true, tieEmbeddings = false, layerNorm = false, recurrent = {} } = options;
  return seq2seqConfig.parse({
    embedding: { size: embeddingSize, dropout },
    encoder: { hiddenSize, numLayers, layerNorm, dropout, ...recurrent },
    attention: { kind: attention },
    decoder: { hiddenSize, numLayers, inputFeeding, tieEmbeddings, dropout, ...recurrent },
  });
}

export function tinyModel(session: Session, options: TinyOptions = {}): Seq2Seq {
  const stream = new Rng(options.seed ?? 1).stream("model");
  return new Seq2Seq(session, { config: tinyConfig(options), source, target, stream });
}

/** Rows of ids from 3 up, of the given lengths, below `vocabSize`. */
export function randomRows(lengths: readonly number[], vocabSize: number, seed = 1): number[][] {
  return lengths.map((length, row) => {
    const draws = new Rng(seed).stream(`row ${row}`).uniform(length, 3, vocabSize);
    return Array.from(draws, Math.floor);
  });
}

/** A context of training for rows that are examples 0, 1, 2, ... */
export function trainingStep(batchSize: number, step = 0): StepContext {
  return { training: true, step, examples: Int32Array.from({ length: batchSize }, (_, row) => row) };
}

/** A loss with label smoothing, all gradients, the loss in evaluation, and what searches find, of ragged random rows. */
export async function resultsOf(model: Seq2Seq) {
  const batch = {
    source: padIds(randomRows([5, 2, 9, 0], source.vocabSize, 1), source.padId),
    target: padIds(randomRows([3, 6, 1, 2], target.vocabSize, 2), target.padId),
  };
  const { loss } = teacherForcing(model, batch, trainingStep(4), { labelSmoothing: 0.1 });
  const gradients = backward(loss);
  return {
    loss: loss.item(),
    gradients: [...model.parameters()].map(([name, tensor]) => [
      name,
      denseGradient(gradients.get(tensor)!).readSync(),
    ]),
    evaluated: teacherForcing(model, batch, evaluationStep).loss.item(),
    found: await beamSearch(model, batch.source, { beamSize: 3, lengthPenalty: 0.6, maxDecodeLen: 6, nBest: 3 }),
    greedy: await greedySearch(model, batch.source, { maxDecodeLen: 6 }),
    alone: await greedySearch(model, padIds([[3, 4, 5]], source.padId), { maxDecodeLen: 30 }),
  };
}

/** Adam over all parameters; returns a function that takes one step on a batch and returns the loss before it. */
export function makeTrainer(
  session: Session,
  model: Seq2Seq,
  learningRate: number,
): (batch: TranslationBatch) => number {
  const moments = [...model.parameters()].map(([name, parameter]) => ({
    name,
    parameter,
    firstMoment: session.zeros(parameter.shape),
    secondMoment: session.zeros(parameter.shape),
  }));
  let steps = 0;
  return (batch) => {
    using _ = session.scope();
    const { loss } = teacherForcing(model, batch, trainingStep(batch.source.batchSize, steps));
    const gradients = backward(loss);
    steps++;
    const parameters = moments.flatMap((memory) => {
      const gradient = gradients.get(memory.parameter);
      return gradient === undefined ? [] : [{ ...memory, gradient, step: steps }];
    });
    adamStep(parameters, {
      learningRate,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      decoupled: false,
      gradientScale: 1,
    });
    return loss.item();
  };
}
