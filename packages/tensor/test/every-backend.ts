/** Runs one computation on every backend that this machine has and compares all results by bits. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { createKernelBackend } from "../src/backends/kernels/backend.ts";
import { nativeInstructionSets, startNativeTeam } from "../src/backends/native/team.ts";
import { startWasmTeam } from "../src/backends/wasm/team.ts";
import * as t from "../src/index.ts";
import { toEqualTensorBits } from "../src/testing/index.ts";

/** Fails unless all elements are equal to the bit. */
export function expectSameBits(got: ArrayLike<number>, want: ArrayLike<number>, what = ""): void {
  const { pass, message } = toEqualTensorBits(got, want);
  expect(pass, `${what} ${message()}`).toBe(true);
}

/** Sessions, the reference first, that live as long as the tests of the file. */
export function onEveryBackend(): readonly t.Session[] {
  const sessions: t.Session[] = [];
  beforeAll(async () => {
    sessions.push(
      await t.createSession({ backend: "reference" }),
      await t.createSession({ backend: "wasm", threads: 1 }),
      await t.createSession({ backend: "wasm", threads: 2 }),
    );
    for (const instructionSet of nativeInstructionSets()) {
      vi.stubEnv("CELLSTATE_ISA", instructionSet);
      sessions.push(await t.createSession({ backend: "native", threads: 2 }));
    }
    vi.unstubAllEnvs();
    sessions.push(new t.Session(createKernelBackend(await startWasmTeam({ threads: 2, emulating: true }))));
    // Above 2 GiB an address is negative as a signed number. Only touched pages take memory.
    const heapBase = 2 ** 31 + 4096;
    for (const team of [
      await startWasmTeam({ threads: 2, shared: false }),
      await startWasmTeam({ threads: 2, shared: false, emulating: true }),
      startNativeTeam(2, false),
    ]) {
      if (team) sessions.push(new t.Session(createKernelBackend({ ...team, heapBase })));
    }
  });
  afterAll(() => Promise.all(sessions.map((session) => session.dispose())));
  return sessions;
}

export type Build = (
  session: t.Session,
  parameter: (shape: readonly number[], scale?: number) => t.Tensor,
) => t.Tensor | t.Tensor[];

/** Contents of a parameter, or weights of an output, by name. */
type Contents = (stream: t.RandomStream, size: number) => ArrayLike<number>;

const normal: Contents = (stream, size) => stream.normal(size);

const HOSTILE = [
  0,
  -0,
  0,
  -0,
  1e-45,
  -1e-45,
  1e-40,
  -1.17549421e-38,
  1.17549435e-38,
  -1,
  1,
  0.5,
  1.9999999,
  -0.625,
  88.72,
  -103.9,
  -87.4,
  3.4028234e38,
  -3.4028234e38,
  1e30,
  -1e20,
  Infinity,
  -Infinity,
  NaN,
];

/** Zeros of both signs, denormals, numbers at the edges of float32, infinities and NaN among ordinary numbers. */
export const hostile: Contents = (stream, size) => {
  const ordinary = stream.normal(size);
  const choices = stream.fork("hostile").uniform(size, 0, 2 * HOSTILE.length);
  return ordinary.map((value, i) => HOSTILE[Math.floor(choices[i]!)] ?? value);
};

export function comparison(sessions: readonly t.Session[], contents: Contents = normal) {
  /** Runs a computation on every session: outputs and all parameter gradients must agree to the bit. */
  function agree(seed: number, build: Build): void {
    const results = sessions.map((session) => resultsOf(session, seed, build, contents));
    results.slice(1).forEach((other, which) => {
      const { backendText, threads } = sessions[which + 1]!;
      expect(other.length).toBe(results[0]!.length);
      other.forEach((values, i) => {
        expectSameBits(values, results[0]![i]!, `${backendText} ${threads}, result ${i}:`);
      });
    });
  }

  /** Checks random shapes; every failure names its seed and shape. */
  function forShapes(extents: readonly number[], build: (shape: readonly number[]) => Build, numRuns = 25): void {
    const arbitrary = fc.tuple(fc.nat(1e6), fc.tuple(...extents.map((max) => fc.integer({ min: 1, max }))));
    fc.assert(
      fc.property(arbitrary, ([seed, shape]) => agree(seed, build(shape))),
      { numRuns },
    );
  }

  return { agree, forShapes };
}

/** The outputs, then the gradients of the parameters for a weighted sum of the outputs. */
export function resultsOf(
  session: t.Session,
  seed: number,
  build: Build,
  contents: Contents = normal,
): ArrayLike<number>[] {
  using _ = session.scope();
  const parameters: t.Tensor[] = [];
  const stream = new t.Rng(seed).stream("data");
  const parameter = (shape: readonly number[], scale = 1): t.Tensor => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = Array.from(contents(stream.fork(`${parameters.length}`), size), (value) => value * scale);
    const tensor = session.tensor(values, shape, { requiresGrad: true });
    parameters.push(tensor);
    return tensor;
  };
  const built = build(session, parameter);
  const outputs = Array.isArray(built) ? built : [built];
  const values: ArrayLike<number>[] = outputs.map((output) => output.readSync());
  const trainable = outputs.filter((output) => output.requiresGrad);
  if (trainable.length === 0) return values;
  const weights = (x: t.Tensor) => session.tensor(contents(stream.fork("weights"), x.size), x.shape);
  const loss = trainable.map((output) => t.sum(t.mul(output, weights(output)))).reduce((a, b) => t.add(a, b));
  const gradients = t.backward(loss);
  for (const tensor of parameters) {
    const gradient = gradients.get(tensor);
    if (gradient) values.push(t.denseGradient(gradient).readSync());
  }
  return values;
}
