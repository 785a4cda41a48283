import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const find = (...args: string[]) => inProcess(["find-lr", "--config", "tiny.yaml", ...args], folder);
let before: string[];

beforeAll(() => {
  tinyConfig(folder);
  before = readdirSync(folder).sort();
});

describe("find-lr", () => {
  test("gives the losses by learning rate and a suggestion, the same every time, and writes nothing", async () => {
    const { code, stdout, stderr } = await find("--json", "--quiet", "--to", "10", "--steps", "60");
    expect([code, stderr]).toEqual([0, ""]);
    const curve = JSON.parse(stdout);
    expect(curve).toMatchObject({ formatVersion: 1, name: "tiny" });
    expect(curve.points[0].learningRate).toBe(1e-6);
    expect(curve.suggestion).toBeGreaterThan(1e-6);
    expect(curve.suggestion).toBeLessThan(curve.lowest);
    expect((await find("--json", "--quiet", "--to", "10", "--steps", "60")).stdout).toBe(stdout);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  test("draws the curve for people, and writes it as a page that loads nothing", async () => {
    const { code, stdout } = await find("--output", "curve.html");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^smooth loss of the batches\n *\d\.\d+ \|/);
    expect(stdout).toMatch(/\n +\^ suggestion \d/);
    expect(stdout).toMatch(/try --set optimizer\.learningRate=[\d.e-]+\n/);
    const page = readFileSync(join(folder, "curve.html"), "utf8");
    expect(page).toContain("<title>tiny: learning rates</title>");
    expect(page.match(/<path class="line/g)).toHaveLength(3);
    expect(page).not.toMatch(/(?:src|href)=/);
  });

  test.each([
    [["--from", "1", "--to", "0.1"], "--from 1 must be below --to 0.1"],
    [["--steps", "5"], "--steps 5: it takes at least 10"],
    [["--from", "0"], "It must be a number above 0, such as 1e-5."],
    [["--output", "."], "--output .: is a folder"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await find(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
