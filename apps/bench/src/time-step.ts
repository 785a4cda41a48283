/** Times whole training steps: forward, backward, clipping by global norm at 1, Adam. */
import { backward, createSession } from "@cellstate/tensor";
import { clipByGlobalNorm, createOptimizer } from "@cellstate/training";
import { optimizerConfig } from "@cellstate/training/config";
import { type ShapeName, shapes } from "./shapes.ts";

export interface StepTiming {
  /** Milliseconds of the median step. */
  readonly ms: number;
  readonly steps: number;
  /** Loss after the last step, which tells that the model learned. */
  readonly loss: number;
  /** Bytes of tensors at the peak. */
  readonly peakBytes: number;
}

export interface StepOptions {
  readonly backend: "auto" | "native" | "wasm" | "reference";
  readonly threads: number;
  /** Seconds to measure after a warm-up of a quarter of them. */
  readonly seconds: number;
}

export async function timeStep(name: ShapeName, { backend, threads, seconds }: StepOptions): Promise<StepTiming> {
  const session = await createSession({ backend, threads });
  const { parameters, loss } = shapes[name](session);
  const optimizer = createOptimizer(optimizerConfig.parse({ kind: "adam" }), parameters, session);
  let last = 0;
  const step = (): number => {
    const start = performance.now();
    using _ = session.scope();
    const result = loss();
    const gradients = backward(result);
    const { scale } = clipByGlobalNorm(gradients, parameters, 1);
    optimizer.step(gradients, { learningRate: 1e-3, gradientScale: scale });
    last = result.item();
    return performance.now() - start;
  };
  repeatFor(seconds / 4, step);
  const times = repeatFor(seconds, step).sort((a, b) => a - b);
  const timing = { ms: times[times.length >> 1]!, steps: times.length, loss: last, peakBytes: session.peakBytes() };
  await session.dispose();
  return timing;
}

/** Runs for some seconds, at least three times. */
function repeatFor(seconds: number, run: () => number): number[] {
  const end = performance.now() + 1000 * seconds;
  const times: number[] = [];
  while (times.length < 3 || performance.now() < end) times.push(run());
  return times;
}
