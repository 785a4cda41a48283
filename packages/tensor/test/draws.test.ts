import fc from "fast-check";
import { expect, test } from "vitest";
import * as t from "../src/index.ts";
import { expectSameBits, onEveryBackend } from "./every-backend.ts";

const sessions = onEveryBackend();

/** Compares draws of every session with those of plain loops. */
function expectSameDraws(draw: (session?: t.Session) => Float64Array, what: string): void {
  const expected = draw();
  for (const session of sessions) {
    expectSameBits(draw(session), expected, `${session.backendText}, ${session.threads} threads, ${what}:`);
  }
}

const anyStream = fc
  .tuple(fc.maxSafeNat(), fc.string({ maxLength: 8 }))
  .map(([seed, name]) => new t.Rng(seed).stream(name));

test("normal numbers have the same bits on every backend as in plain loops", () => {
  fc.assert(
    fc.property(anyStream, fc.nat({ max: 9000 }), (stream, count) => {
      expectSameDraws((session) => stream.normal(count, session), `${count} normal numbers`);
    }),
    { numRuns: 40 },
  );
});

test("uniform numbers have the same bits on every backend as in plain loops", () => {
  const limit = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(anyStream, fc.nat({ max: 9000 }), limit, limit, (stream, count, low, high) => {
      expectSameDraws((session) => stream.uniform(count, low, high, session), `${count} in [${low}, ${high})`);
    }),
    { numRuns: 40 },
  );
});

test("numbers of every count are drawn, to the last", () => {
  const stream = new t.Rng(7).stream("counts");
  for (let count = 0; count <= 140; count++) {
    expectSameDraws((session) => stream.normal(count, session), `${count} normal numbers`);
    expectSameDraws((session) => stream.uniform(count, -1, 1, session), `${count} uniform numbers`);
  }
});

// As many as are drawn in several parts; rare cases of the functions are among them.
test("a long array has the same bits on every backend as in plain loops", () => {
  const stream = new t.Rng(8).stream("long");
  expectSameDraws((session) => stream.normal(500_001, session), "long");
  expectSameDraws((session) => stream.uniform(500_001, 0, 1, session), "long");
});

test("drawing with a session does not move the stream", () => {
  for (const session of sessions) {
    const stream = new t.Rng(9).stream("twice");
    const once = stream.normal(300, session);
    expectSameBits(stream.normal(300, session), once);
    expect(stream.uniformAt(3)).toBe(stream.uniform(4, 0, 1, session)[3]);
  }
});

test("a disposed session, whose threads have ended, draws nothing", async () => {
  const disposed = "the session was disposed; make tensors in a new one";
  for (const backend of ["reference", "wasm"] as const) {
    const session = await t.createSession({ backend, threads: 2 });
    await session.dispose();
    const stream = new t.Rng(1).stream("disposed");
    expect(() => stream.normal(9000, session)).toThrow(disposed);
    expect(() => stream.uniform(9000, 0, 1, session)).toThrow(disposed);
    expect(() => t.orthonormalize(stream.normal(10_000), 100, 100, session)).toThrow(disposed);
  }
});
