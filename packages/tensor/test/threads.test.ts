/** Threads that wait leave the processor to those that work: more of them than there are processors cost little. */
import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { nativeInstructionSets } from "../src/backends/native/team.ts";
import * as t from "../src/index.ts";

/** Milliseconds of steps of a layer whose threads meet at each of its 20 times; the fastest of three runs. */
async function timeOfSteps(backend: t.BackendName, threads: number): Promise<number> {
  const session = await t.createSession({ backend, threads });
  const stream = new t.Rng(1).stream("threads");
  const make = (...shape: number[]) => session.tensor(stream.normal(shape.reduce((a, b) => a * b, 1)), shape);
  const weights = { weightIh: make(1024, 64), weightHh: make(1024, 256), biasIh: make(1024), biasHh: make(1024) };
  const input = make(8, 20, 64);
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    for (let step = 0; step < 10; step++) session.tidy(() => void t.lstm(input, weights));
    return performance.now() - start;
  });
  await session.dispose();
  return Math.min(...times);
}

const backends = [...(nativeInstructionSets().length > 0 ? ["native" as const] : []), "wasm" as const];

test.each(backends)(
  "%s: four threads for each processor are at most three times as slow as one alone",
  async (backend) => {
    const alone = await timeOfSteps(backend, 1);
    const crowded = await timeOfSteps(backend, 4 * Math.min(availableParallelism(), 4));
    expect(crowded).toBeLessThan(3 * alone);
  },
);
