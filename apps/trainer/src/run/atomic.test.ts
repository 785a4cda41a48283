import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/folders.ts";
import { guardDisk, writeFileAtomic } from "./atomic.ts";

describe("writeFileAtomic", () => {
  test("makes the folder, replaces the file and leaves nothing aside", () => {
    const folder = temporaryFolder();
    const path = join(folder, "inner", "a.txt");
    writeFileAtomic(path, "one");
    writeFileAtomic(path, "two");
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(readdirSync(join(folder, "inner"))).toEqual(["a.txt"]);
  });

  test("removes what it wrote aside if it cannot put it in place", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "a.txt", "b"), { recursive: true });
    expect(() => writeFileAtomic(join(folder, "a.txt"), "one")).toThrow();
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });
});

describe("guardDisk", () => {
  test.runIf(existsSync("/dev/full"))("says that the disk is full and which file could not be written", () => {
    expect(() => guardDisk("/runs/a/result.json", () => writeFileSync("/dev/full", "x"))).toThrow(
      "cannot write /runs/a/result.json: the disk is full; free some space and go on (ENOSPC)",
    );
  });
});
