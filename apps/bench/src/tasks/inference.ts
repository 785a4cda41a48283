/** Times answers to one input at a time. */
import { beamSearch, greedySearch, type Hypothesis } from "@cellstate/seq2seq";
import type { Session } from "@cellstate/tensor";
import { drawSentences, idTensor, sentimentModel, sentimentVocabSize, translator } from "../models.ts";
import type { InferenceModel, Measurement, RequestOf } from "../request.ts";
import { percentile } from "../statistics.ts";
import { repeatWarm } from "../timing.ts";

const decodeLen = 20;

/** Milliseconds of the median and of the ninetieth percentile, by model: `sentiment`, `sentiment p90`, ... */
export async function measureInference(session: Session, { seconds }: RequestOf<"inference">): Promise<Measurement> {
  const measured: Record<string, number> = {};
  for (const [model, answer] of Object.entries(makeAnswers(session))) {
    const times = await repeatWarm({ seconds, atLeast: 10 }, async () => {
      const start = performance.now();
      await answer();
      return performance.now() - start;
    });
    measured[model] = percentile(times, 0.5);
    measured[`${model} p90`] = percentile(times, 0.9);
  }
  return measured;
}

/** Makes the models; each function answers once. */
function makeAnswers(session: Session): Record<InferenceModel, () => Promise<unknown>> {
  const { features, output } = sentimentModel(session);
  const ids = idTensor(session, 1, 50, sentimentVocabSize);
  const model = translator(session);
  const source = drawSentences("source", 1, decodeLen);
  const beamOptions = { beamSize: 5, lengthPenalty: 0, maxDecodeLen: decodeLen };
  return {
    sentiment: async () => {
      using _ = session.scope();
      using _noGrad = session.noGrad();
      return output.forward(features(ids)).readSync();
    },
    greedy: async () => requireLength(await greedySearch(model, source, { maxDecodeLen: decodeLen })),
    beam: async () => requireLength((await beamSearch(model, source, beamOptions))[0]!),
  };
}

/** @throws {Error} if a search ended early, which would be another amount of work */
function requireLength(hypotheses: readonly Hypothesis[]): void {
  const length = hypotheses[0]?.ids.length;
  if (length !== decodeLen) throw new Error(`bench: expected a search of ${decodeLen} tokens, got ${length}`);
}
