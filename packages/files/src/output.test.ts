import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/folders.ts";
import { checkOutput, writeOutput } from "./output.ts";

const onPosix = test.runIf(process.platform !== "win32");
const text = (value: string) => (write: (piece: string) => Promise<void>) => write(value);

describe("writeOutput", () => {
  test("makes or replaces a plain file, keeps its permissions, and leaves nothing aside", async () => {
    const path = join(temporaryFolder(), "inner", "a.txt");
    await writeOutput(path, text("one"));
    chmodSync(path, 0o600);
    await writeOutput(path, async (write) => {
      await write("two, ");
      await write(new TextEncoder().encode("three"));
    });
    expect(readFileSync(path, "utf8")).toBe("two, three");
    expect(readdirSync(dirname(path))).toEqual(["a.txt"]);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  onPosix.each([
    ["to a file", "target.txt"],
    ["to nothing yet", "later.txt"],
    ["to a link to nothing yet", "link-to-later"],
  ])("follows a link %s, which stays a link", async (_, target) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "elsewhere"));
    writeFileSync(join(folder, "elsewhere", "target.txt"), "old");
    symlinkSync("later.txt", join(folder, "elsewhere", "link-to-later"));
    symlinkSync(join("elsewhere", target), join(folder, "out.txt"));
    await writeOutput(join(folder, "out.txt"), text("new"));
    expect(readlinkSync(join(folder, "out.txt"))).toBe(join("elsewhere", target));
    expect(readFileSync(join(folder, "elsewhere", target), "utf8")).toBe("new");
    expect(lstatSync(join(folder, "elsewhere", "link-to-later")).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["elsewhere", "out.txt"]);
  });

  onPosix("writes straight into a pipe, which stays a pipe", async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("cat", [pipe]);
    const read = Array.fromAsync(reader.stdout);
    await writeOutput(pipe, text("through the pipe"));
    expect(Buffer.concat(await read).toString()).toBe("through the pipe");
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(["pipe"]);
  });

  test.runIf(existsSync("/dev/full"))("writes straight into devices, also behind a link", async () => {
    const link = join(temporaryFolder(), "null");
    symlinkSync("/dev/null", link);
    await writeOutput(link, text("gone"));
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    await expect(writeOutput("/dev/full", text("x"))).rejects.toThrow(
      "cannot write /dev/full: the disk is full; free some space and try again (ENOSPC)",
    );
    expect(readdirSync("/dev").filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("keeps the old file, and gives the writer's own error, where the writer fails", async () => {
    const path = join(temporaryFolder(), "a.txt");
    writeFileSync(path, "old");
    const fault = Object.assign(new Error("no such input"), { code: "ENOENT" });
    const failing = writeOutput(path, async (write) => {
      await write("half");
      throw fault;
    });
    await expect(failing).rejects.toBe(fault);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(dirname(path))).toEqual(["a.txt"]);
  });
});

describe("checkOutput", () => {
  test("refuses a folder and a circle of links before anything is written", () => {
    const folder = temporaryFolder();
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    expect(() => checkOutput(folder)).toThrow(`cannot write ${folder}: is a folder, a file is needed (EISDIR)`);
    expect(() => checkOutput(join(folder, "a"))).toThrow(/the symbolic links go in a circle \(ELOOP\)/);
    expect(() => checkOutput(join(folder, "x".repeat(300)))).toThrow(/the name is too long; choose a shorter one/);
    writeFileSync(join(folder, "file"), "");
    expect(() => checkOutput(join(folder, "file", "x"))).toThrow(
      /a part of the path is a file where a folder is needed/,
    );
    expect(() => checkOutput(join(folder, "new", "file.txt"))).not.toThrow();
    expect(readdirSync(folder).sort()).toEqual(["a", "b", "file"]);
  });
});
