import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/folders.ts";
import { isFolderLocked, lockFolder, removeForeignLock } from "./lock.ts";

describe("lockFolder", () => {
  test("holds until it is released", () => {
    const folder = temporaryFolder();
    const lock = lockFolder(folder);
    expect(isFolderLocked(folder)).toBe(true);
    expect(() => lockFolder(folder)).toThrow(`is in use by process ${process.pid}`);
    lock.release();
    expect(isFolderLocked(folder)).toBe(false);
    lockFolder(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("takes over the lock of a process that has died", () => {
    const folder = temporaryFolder();
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(folder, "run.lock"), JSON.stringify({ pid: dead, host: hostname(), started: "" }));
    expect(isFolderLocked(folder)).toBe(false);
    lockFolder(folder).release();
  });

  test.runIf(existsSync("/proc/self/stat"))("takes over a lock whose process number is used by another now", () => {
    const folder = temporaryFolder();
    lockFolder(folder);
    const path = join(folder, "run.lock");
    const owner = JSON.parse(readFileSync(path, "utf8"));
    const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 20000)"]);
    try {
      writeFileSync(path, JSON.stringify({ ...owner, pid: other.pid }));
      lockFolder(folder).release();
    } finally {
      other.kill();
    }
  });

  test("takes over a lock that is damaged", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "run.lock"), "{");
    lockFolder(folder).release();
  });

  test("leaves the lock of another computer alone, and names its file and the way out", () => {
    const folder = temporaryFolder();
    const path = join(folder, "run.lock");
    writeFileSync(path, JSON.stringify({ pid: 1, host: "elsewhere", started: "" }));
    expect(() => lockFolder(folder)).toThrow(
      `${folder} is in use by process 1 on elsewhere, another computer (or container), so nobody here can tell whether it still ` +
        `runs; if it does not, remove ${path} and try again`,
    );
    rmSync(path);
    lockFolder(folder).release();
  });

  test("of another computer is removed by those who know that its process has ended; one of this computer stays", () => {
    const folder = temporaryFolder();
    const lock = lockFolder(folder);
    removeForeignLock(folder);
    expect(isFolderLocked(folder)).toBe(true);
    lock.release();
    removeForeignLock(folder);
    writeFileSync(join(folder, "run.lock"), JSON.stringify({ pid: 1, host: "elsewhere", started: "" }));
    removeForeignLock(folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});
