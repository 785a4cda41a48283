/** The promise that a backend is a choice of speed alone, for whatever a test computes. */
import { createSession, type Session } from "@cellstate/tensor";
import { toEqualTensorBits } from "@cellstate/tensor/testing";
import { expect } from "vitest";

expect.extend({ toEqualTensorBits });

/** Expects the same bits of `run` on the reference, in WebAssembly, and on the fastest backend that is there. */
export async function expectSameBits(run: (session: Session) => readonly ArrayLike<number>[]): Promise<void> {
  const [want, ...others] = await Promise.all(
    (["reference", "wasm", "auto"] as const).map(async (backend) => {
      const session = await createSession({ backend });
      const results = run(session);
      await session.dispose();
      return results;
    }),
  );
  for (const other of others) {
    expect(other).toHaveLength(want!.length);
    want!.forEach((values, index) => {
      expect(other[index]!).toEqualTensorBits(values);
    });
  }
}
