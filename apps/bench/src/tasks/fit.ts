/** Times `fit` of `@cellstate/layers` on shape e's model beside the bare steps of shape e, epochs of one and rounds of the other in turns. */
import { dense, lstm, sequential } from "@cellstate/layers";
import type { Session } from "@cellstate/tensor";
import { stream } from "../models.ts";
import type { Measurement, RequestOf } from "../request.ts";
import { shapes } from "../shapes.ts";
import { median } from "../statistics.ts";
import { repeatWarm, timeOnce } from "../timing.ts";
import { makeStep } from "./step.ts";

/** Steps of an epoch, and of a round of bare ones. */
const STEPS = 50;
const [batchSize, seqLen] = [32, 20];

/** `fit` and `step`: milliseconds of a step in either, medians of the rounds. */
export async function measureFit(session: Session, { seconds }: RequestOf<"fit">): Promise<Measurement> {
  const step = makeStep(session, shapes.e);
  const epoch = makeEpoch(session);
  const steps: number[] = [];
  const epochs = await repeatWarm({ seconds, atLeast: 3 }, async () => {
    steps.push(
      timeOnce(() => {
        for (let i = 0; i < STEPS; i++) step();
      }) / STEPS,
    );
    const start = performance.now();
    await epoch();
    return (performance.now() - start) / STEPS;
  });
  return { fit: median(epochs), step: median(steps.slice(-epochs.length)) };
}

/** An epoch as people train it: shuffled, with the accuracy. */
function makeEpoch(session: Session): () => Promise<unknown> {
  const count = batchSize * STEPS;
  const x = {
    data: Float32Array.from(stream.fork("fit x").normal(count * seqLen)),
    shape: [count, seqLen, 1],
  };
  const y = Float32Array.from(stream.fork("fit y").uniform(count), Math.round);
  const model = sequential([lstm(50, { inputShape: [seqLen, 1] }), dense(1, { activation: "sigmoid" })]);
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"], session });
  return () => model.fit(x, y, { batchSize, verbose: 0 });
}
