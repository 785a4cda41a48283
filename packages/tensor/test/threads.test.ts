/** Threads that wait leave the processor to those that work, and work alone where that is faster; no bit depends on it. */
import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { createKernelBackend } from "../src/backends/kernels/backend.ts";
import { nativeInstructionSets, startNativeTeam } from "../src/backends/native/team.ts";
import { startWasmTeam } from "../src/backends/wasm/team.ts";
import * as t from "../src/index.ts";

/** Processor time, in ms, of steps of a layer whose threads meet at each of its 20 times; the least of three runs. */
async function costOfSteps(backend: t.BackendName, threads: number): Promise<number> {
  const session = await t.createSession({ backend, threads });
  const stream = new t.Rng(1).stream("threads");
  const make = (...shape: number[]) => session.tensor(stream.normal(shape.reduce((a, b) => a * b, 1)), shape);
  const weights = { weightIh: make(1024, 64), weightHh: make(1024, 256), biasIh: make(1024), biasHh: make(1024) };
  const input = make(8, 20, 64);
  const times = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    for (let step = 0; step < 10; step++) session.tidy(() => void t.lstm(input, weights));
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  await session.dispose();
  return Math.min(...times);
}

const backends = [...(nativeInstructionSets().length > 0 ? ["native" as const] : []), "wasm" as const];

/**
 * How many times what one thread costs many do, in the best try of 20 s: threads that spin cost too much in each, other work
 * on the machine makes some of them worse.
 */
async function leastRatio(backend: t.BackendName, threads: number, limit: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + 20_000;
  for (let tries = 0; (tries < 5 || performance.now() < end) && least >= limit; tries++) {
    const alone = await costOfSteps(backend, 1);
    least = Math.min(least, (await costOfSteps(backend, threads)) / alone);
  }
  return least;
}

test.each(backends)(
  "%s: four threads for each processor cost at most six times what one alone does",
  async (backend) => {
    expect(await leastRatio(backend, 4 * Math.min(availableParallelism(), 4), 6)).toBeLessThan(6);
  },
);

test.each(backends)("%s: a team gives the same bits whether all of it works or the caller alone", async (backend) => {
  const team = backend === "native" ? startNativeTeam(2, true)! : await startWasmTeam({ threads: 2 });
  const session = new t.Session(createKernelBackend(team));
  const x = session.tensor(new t.Rng(1).stream("x").normal(200 * 200), [200, 200]);
  const product = () => [...t.matmul(x, x).readSync()];
  const together = product();
  for (const wanted of [false, true, false]) {
    team.useWorkers(wanted);
    expect(product()).toEqual(together);
  }
  await session.dispose();
});

test.each([...backends, "reference" as const])("%s: threads auto are those of the machine", async (backend) => {
  const session = await t.createSession({ backend, threads: "auto" });
  expect(session.threads).toBe(backend === "reference" ? 1 : availableParallelism());
  using _ = session.scope();
  expect(t.sum(session.full([100_000], 0.5)).item()).toBe(50_000);
  await session.dispose();
});
