import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/folders.ts";
import { makeFolder } from "./make-folder.ts";

test("makes all folders on the way, and takes those that are there, also behind links", () => {
  const folder = temporaryFolder();
  makeFolder(join(folder, "a", "b", "c"));
  makeFolder(join(folder, "a", "b", "c"));
  symlinkSync("a", join(folder, "link"));
  makeFolder(join(folder, "link"));
  makeFolder(join(folder, "link", "d"));
  expect(statSync(join(folder, "a", "d")).isDirectory()).toBe(true);
});

test("a file, a link to nothing or a name too long on the way is the system's error, and nothing is made", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "a"));
  symlinkSync("nothing", join(folder, "a", "link"));
  expect(() => makeFolder(join(folder, "file"))).toThrow(/EEXIST/);
  expect(() => makeFolder(join(folder, "file", "b", "c"))).toThrow(/ENOTDIR/);
  expect(() => makeFolder(join(folder, "a", "link", "b"))).toThrow(/EEXIST|ENOENT/);
  expect(() => makeFolder(join(folder, "a", "x".repeat(300)))).toThrow(/ENAMETOOLONG/);
  expect(existsSync(join(folder, "nothing"))).toBe(false);
});

test.runIf(existsSync("/proc/self"))("a system that refuses everywhere is an error, not a loop", () => {
  expect(() => makeFolder("/proc/cellstate/a/b")).toThrow(/ENOENT|EPERM|EACCES/);
});
