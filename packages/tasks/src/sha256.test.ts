import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256, sha256InScript } from "./sha256.ts";

const expected = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("the example of the standard", async () => {
  const bytes = new TextEncoder().encode("abc");
  const hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(sha256InScript(bytes)).toBe(hash);
  expect(await sha256(bytes)).toBe(hash);
});

test("any bytes, wherever they lie in their buffer", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(7), async (bytes, offset) => {
      const inside = new Uint8Array(offset + bytes.length + 3);
      inside.set(bytes, offset);
      const view = inside.subarray(offset, offset + bytes.length);
      expect(sha256InScript(view)).toBe(expected(bytes));
      expect(await sha256(view)).toBe(expected(bytes));
    }),
  );
});

test("lengths about the end of a block", () => {
  for (let length = 50; length < 135; length++) {
    const bytes = new Uint8Array(length).fill(length);
    expect(sha256InScript(bytes)).toBe(expected(bytes));
  }
});

test("bytes in shared memory, which Web Crypto refuses", async () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(100)).fill(7);
  expect(await sha256(bytes)).toBe(expected(bytes));
});
