import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/folders.ts";
import { asidePath, isLeftover, removeLeftovers, writeAside, writeFileAtomic, writeJsonAtomic } from "./atomic.ts";
import { guardDisk } from "./disk.ts";

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

  test("replaces a link, never what it points to", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "other.txt"), "other");
    symlinkSync(join(folder, "other.txt"), join(folder, "a.txt"));
    writeFileAtomic(join(folder, "a.txt"), "one");
    expect(lstatSync(join(folder, "a.txt")).isFile()).toBe(true);
    expect(readFileSync(join(folder, "other.txt"), "utf8")).toBe("other");
  });

  test("writes a value as JSON that people can read", () => {
    const path = join(temporaryFolder(), "a.json");
    writeJsonAtomic(path, { a: [1] });
    expect(readFileSync(path, "utf8")).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });
});

describe("writeAside", () => {
  test("shows the file only once its parts are all there", async () => {
    const path = join(temporaryFolder(), "inner", "a.txt");
    await writeAside(path, async (file) => {
      await file.writeFile("one, ");
      expect(existsSync(path)).toBe(false);
      expect(readdirSync(dirname(path)).every(isLeftover)).toBe(true);
      await file.writeFile("two");
    });
    expect(readFileSync(path, "utf8")).toBe("one, two");
    expect(await readdir(dirname(path))).toEqual(["a.txt"]);
  });

  test("keeps the old file and throws the writer's own error if the writer fails", async () => {
    const path = join(temporaryFolder(), "a.txt");
    writeFileAtomic(path, "old");
    const broken = writeAside(path, async (file) => {
      await file.writeFile("half");
      throw new RangeError("the server hung up");
    });
    await expect(broken).rejects.toThrow(new RangeError("the server hung up"));
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(dirname(path))).toEqual(["a.txt"]);
  });
});

test("a process that ends in the middle of a write leaves nothing aside", () => {
  const path = join(temporaryFolder(), "a.txt");
  const source = JSON.stringify(new URL("./atomic.ts", import.meta.url).href);
  const program = `
    const { writeAside } = await import(${source});
    await writeAside(${JSON.stringify(path)}, async (file) => { await file.writeFile("half"); process.exit(3); });`;
  expect(spawnSync(process.execPath, ["--input-type=module", "-e", program]).status).toBe(3);
  expect(readdirSync(dirname(path))).toEqual([]);
});

describe("removeLeftovers", () => {
  test("removes what killed processes wrote aside, now and in earlier versions, and nothing else", () => {
    const folder = temporaryFolder();
    const kept = [".hidden", ".tmp", "a.tmp", "a.1.tmp", ".a.tmp", "result.json"];
    const left = [".result.json.4711.tmp", basename(asidePath("result.json")), basename(asidePath(".hidden"))];
    for (const name of [...kept, ...left]) writeFileSync(join(folder, name), "x");
    mkdirSync(join(folder, ".run.99.tmp", "inner"), { recursive: true });
    removeLeftovers([folder, join(folder, "missing")]);
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
  });

  test("the names of two files aside differ", () => {
    expect(asidePath("/a/b.txt")).toMatch(/^\/a\/\.b\.txt\.[0-9a-f]{16}\.tmp$/);
    expect(asidePath("/a/b.txt")).not.toBe(asidePath("/a/b.txt"));
  });

  test.each(["x".repeat(255), "é".repeat(127), "😀".repeat(63)])(
    "a name as long as the system takes is written aside, too",
    (name) => {
      const folder = temporaryFolder();
      writeFileAtomic(join(folder, name), "one");
      expect(readdirSync(folder)).toEqual([name]);
      expect(isLeftover(basename(asidePath(name)))).toBe(true);
    },
  );
});

describe("guardDisk", () => {
  test.runIf(existsSync("/dev/full"))("says that the disk is full and which file could not be written", () => {
    expect(() => guardDisk("/runs/a/result.json", () => writeFileSync("/dev/full", "x"))).toThrow(
      "cannot write /runs/a/result.json: the disk is full; free some space and try again (ENOSPC)",
    );
  });

  test("leaves other errors as they are", () => {
    const fault = new TypeError("not a function");
    expect(() =>
      guardDisk("a", () => {
        throw fault;
      }),
    ).toThrow(fault);
  });
});
