/** Times whole training steps: forward, backward, clipping by global norm at 1, Adam. */
import { backward, type Session } from "@cellstate/tensor";
import { clipByGlobalNorm, createOptimizer } from "@cellstate/training";
import { optimizerConfig } from "@cellstate/training/config";
import type { Measurement, RequestOf } from "../request.ts";
import { type Shape, shapes } from "../shapes.ts";
import { median } from "../statistics.ts";
import { repeatWarm, timeOnce } from "../timing.ts";

/** A function that takes one training step and returns its loss. */
export function makeStep(session: Session, shape: Shape): () => number {
  const { parameters, loss } = shape(session);
  const optimizer = createOptimizer(optimizerConfig.parse({ kind: "adam" }), parameters, session);
  return () => {
    using _ = session.scope();
    const result = loss();
    const gradients = backward(result);
    const { scale } = clipByGlobalNorm(gradients, parameters, 1);
    optimizer.step(gradients, { learningRate: 1e-3, gradientScale: scale });
    return result.item();
  };
}

/** Steps in which memory is first touched, page by page; of a large model they take half as long again. */
const WARM_UPS = 4;

/** `ms` of the median step, and the `loss` after the last one. */
export async function measureStep(session: Session, { shape, seconds }: RequestOf<"step">): Promise<Measurement> {
  const step = makeStep(session, shapes[shape]);
  let loss = Number.NaN;
  const run = () =>
    timeOnce(() => {
      loss = step();
    });
  return { ms: median(await repeatWarm({ seconds, atLeast: 3, warmUps: WARM_UPS }, run)), loss };
}
