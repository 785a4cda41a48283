/** Large products go other ways than small ones, and give what those of their parts do, which all backends agree on. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { nativeInstructionSets } from "../src/backends/native/team.ts";
import * as t from "../src/index.ts";
import { expectSameBits } from "./every-backend.ts";

const sessions: t.Session[] = [];

beforeAll(async () => {
  for (const instructionSet of nativeInstructionSets().filter((name) => name !== "x86_64")) {
    vi.stubEnv("CELLSTATE_ISA", instructionSet);
    for (const threads of [1, 2]) sessions.push(await t.createSession({ backend: "native", threads }));
  }
  vi.unstubAllEnvs();
  sessions.push(await t.createSession({ backend: "wasm", threads: 2 }));
});

afterAll(() => Promise.all(sessions.map((session) => session.dispose())));

test.each([
  { m: 7, k: 1030, n: 2100, which: "a far right side, few rows and a narrow last panel" },
  { m: 20, k: 650, n: 1000, which: "rows that have too few terms to pack the next block with" },
  { m: 197, k: 1030, n: 2112, which: "a far right side that more than one block of rows reads" },
  { m: 1100, k: 33, n: 2112, which: "an output that is written past the caches" },
  { m: 1100, k: 33, n: 2001, which: "a large output whose rows begin anywhere" },
])("$which ($m x $k x $n)", ({ m, k, n }) => {
  const stream = new t.Rng(1).stream("products");
  const left = stream.fork("a").uniform(m * k, -1, 1);
  const right = stream.fork("b").uniform(k * n, -1, 1);
  for (const session of sessions) {
    using _ = session.scope();
    const a = session.tensor(left, [m, k]);
    const b = session.tensor(right, [k, n]);
    const whole = t.matmul(a, b);
    const parts = t.split(a, Math.ceil(m / 2), 0).map((rows) =>
      t.concat(
        t.split(b, Math.ceil(n / 3), 1).map((columns) => t.matmul(rows, columns)),
        1,
      ),
    );
    expectSameBits(whole.readSync(), t.concat(parts, 0).readSync(), `${session.backendText} ${session.threads}:`);
    expect(t.sum(t.abs(whole)).item()).toBeGreaterThan(0);
  }
});
