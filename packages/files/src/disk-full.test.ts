import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { temporaryFolder } from "../test/folders.ts";
import { writeAside, writeFileAtomic } from "./atomic.ts";
import { lockFolder } from "./lock.ts";

const disk = vi.hoisted(() => ({ failWith: undefined as string | undefined, hasLinks: true }));

/** The file system, with a disk that fails in the middle of a file, or has no hard links, when a test says so. */
vi.mock("node:fs", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:fs")>();
  const writeFileSync: typeof original.writeFileSync = (file, data, options) => {
    if (disk.failWith === undefined) return original.writeFileSync(file, data, options);
    original.writeFileSync(file, String(data).slice(0, 2), options);
    throw Object.assign(new Error(`${disk.failWith}: made up`), { code: disk.failWith });
  };
  const linkSync: typeof original.linkSync = (from, to) => {
    if (disk.hasLinks) return original.linkSync(from, to);
    throw Object.assign(new Error("EPERM: made up"), { code: "EPERM" });
  };
  return { ...original, writeFileSync, linkSync };
});

beforeEach(() => {
  Object.assign(disk, { failWith: undefined, hasLinks: true });
});

test.each([
  ["ENOSPC", "the disk is full; free some space and try again (ENOSPC)"],
  ["EDQUOT", "the disk quota is used up; free some space and try again (EDQUOT)"],
  ["EIO", "the disk reports an input/output error (EIO)"],
])("%s keeps the old file, leaves nothing aside and says what to do", (code, message) => {
  const folder = temporaryFolder();
  const path = join(folder, "a.txt");
  writeFileAtomic(path, "old");
  disk.failWith = code;
  expect(() => writeFileAtomic(path, "new")).toThrow(
    expect.objectContaining({ name: "DiskError", message: `cannot write ${path}: ${message}` }),
  );
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["a.txt"]);
});

test("writeAside keeps the old file and gives the system's error to the caller, who knows what it was for", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "a.txt");
  writeFileAtomic(path, "old");
  const full = writeAside(path, async (file) => {
    await file.writeFile("half");
    file.sync = () => Promise.reject(Object.assign(new Error("ENOSPC: made up"), { code: "ENOSPC" }));
  });
  await expect(full).rejects.toMatchObject({ code: "ENOSPC" });
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["a.txt"]);
});

test("a lock that does not fit on the disk leaves nothing", () => {
  const folder = temporaryFolder();
  disk.failWith = "ENOSPC";
  expect(() => lockFolder(folder)).toThrow(/cannot write .*run\.lock: the disk is full/);
  expect(readdirSync(folder)).toEqual([]);
});

test("a file system without hard links has locks too", () => {
  const folder = temporaryFolder();
  disk.hasLinks = false;
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow("is in use by process");
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(join(folder, "run.lock"), "{");
  lockFolder(folder).release();
  expect(readdirSync(folder)).toEqual([]);
});
