/** Times LSTM layers alone: forward and backward, with the gradients of inputs and weights. */
import { Lstm } from "@cellstate/lstm-core";
import { backward, type Session, sum } from "@cellstate/tensor";
import { measurePeak } from "@cellstate/tensor/testing";
import type { LayerSizes } from "../flops.ts";
import { build, drawValues, stream } from "../models.ts";
import type { Measurement, RequestOf } from "../request.ts";
import { median } from "../statistics.ts";
import { repeatWarm, timeOnce } from "../timing.ts";

/** Milliseconds by name of the layers, and `peak` in operations a second. */
export async function measureLayers(session: Session, { layers, seconds }: RequestOf<"layers">): Promise<Measurement> {
  const peakBefore = measurePeak(session);
  const measured: Record<string, number> = {};
  for (const [name, sizes] of Object.entries(layers)) measured[name] = await timeLayers(session, sizes, seconds);
  return { ...measured, peak: Math.max(peakBefore, measurePeak(session)) };
}

async function timeLayers(session: Session, { batch, time, ...sizes }: LayerSizes, seconds: number): Promise<number> {
  const lstm = build(session, () => new Lstm(session, { ...sizes, dropoutRate: 0, stream }));
  const shape = [batch, time, sizes.inputSize];
  const x = session.tensor(drawValues(batch * time * sizes.inputSize), shape, { requiresGrad: true });
  const weights = [...lstm.parameters().values()].map((weight) => ({ weight, values: weight.readSync() }));
  const run = () => {
    // As after an optimizer's step: what was packed of the weights before is of no use any more.
    for (const { weight, values } of weights) weight.write(values);
    return timeOnce(() => {
      using _ = session.scope();
      backward(sum(lstm.forward(x).output));
    });
  };
  return median(await repeatWarm({ seconds, atLeast: 2 }, run));
}
