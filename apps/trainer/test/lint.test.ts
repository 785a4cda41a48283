import { basename } from "node:path";
import { expect, test } from "vitest";
import { tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const tiny = basename(tinyConfig(folder));
const lint = (...args: string[]) => inProcess(["lint", ...args], folder);
const wrong = ["--config", tiny, "--set", "training.epochs=0", "--set", "model.pooing=max"];

test("a valid config is named on one line with its task and its data", async () => {
  expect(await lint("--config", "sentiment", "--no-data")).toEqual({
    code: 0,
    signal: null,
    stdout: "sentiment is valid: name sentiment, task sentiment, data reviews\n",
    stderr: "",
  });
  expect((await lint("--config", tiny)).stdout).toMatch(
    /^tiny\.yaml is valid: .*, data .*reviews\.tsv\nlooked at train /,
  );
});

test("every fault is listed as train lists it", async () => {
  const { code, stdout, stderr } = await lint(...wrong);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^cellstate: .*model\.pooing: unknown key `pooing`.*\n.*training\.epochs: must be at least 1/);
  expect(stderr).toBe((await inProcess(["train", ...wrong], folder)).stderr);
});

test("--json prints one document with the same exit codes", async () => {
  const good = await lint("--config", tiny, "--json", "--no-data");
  expect({ code: good.code, ...JSON.parse(good.stdout) }).toEqual({ code: 0, valid: true, faults: [] });

  const bad = await lint(...wrong, "--set", "seed=-1", "--json");
  expect(bad.code).toBe(2);
  const { valid, faults } = JSON.parse(bad.stdout);
  expect(valid).toBe(false);
  expect(faults).toHaveLength(3);
  expect(faults).toContainEqual({ where: "--set seed=-1", path: "seed", message: "must be at least 0, got -1" });
});

test("a fault of a file says its line, also where the file is no YAML", async () => {
  const { code, stdout } = await lint("--config", "reviews.tsv", "--json");
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({
    code: 2,
    valid: false,
    faults: [{ where: expect.stringMatching(/^reviews\.tsv:\d+:\d+$/), path: "" }],
  });
});

test("a config is needed, and one that is not there is wrong usage", async () => {
  expect(await lint()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--config <file|name>' not specified"),
  });
  expect(await lint("--config", "none", "--json")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^cellstate: --config none: no such file/),
  });
});
