import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/folders.ts";
import { hashFile, hashText, sha256 } from "./hash.ts";

// FIPS 180-4, example of one block
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test("texts, bytes, parts and files of the same bytes have the same hash", async () => {
  const path = join(temporaryFolder(), "abc");
  writeFileSync(path, "abc");
  expect(sha256("abc")).toBe(ABC);
  expect(sha256("a", new TextEncoder().encode("b"), "c")).toBe(ABC);
  expect(hashText("abc")).toBe(ABC);
  expect(await hashFile(path)).toBe(ABC);
});

test("a file that cannot be read is the system's error", async () => {
  await expect(hashFile(join(temporaryFolder(), "none"))).rejects.toMatchObject({ code: "ENOENT" });
});
