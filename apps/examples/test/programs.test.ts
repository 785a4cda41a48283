/** The programs run as they stand and print what their last comment says. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, expect, test } from "vitest";
import { printsAsSaid } from "../src/example.ts";
import { listPrograms } from "../src/program.ts";
import { runProgram } from "../src/run-example.ts";
import { root } from "../src/workspace.ts";

const folder = mkdtempSync(join(tmpdir(), "cellstate-programs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programs = listPrograms();
// in an order in which each finds what it reads: the first one leaves a model folder to the second
const runs = [
  { name: "train-classifier" },
  { name: "open-model", input: "a warm evening\ndull\n" },
  { name: "keras-style" },
  { name: "own-cell" },
  { name: "tag-names" },
  { name: "tokenizer" },
  { name: "translate-dates" },
];

test("every program has a test", () => {
  expect(runs.map(({ name }) => name).sort()).toEqual([...programs.keys()]);
});

test.each(runs)("$name prints what it says", { timeout: 120_000 }, async ({ name, input }) => {
  const program = programs.get(name)!;
  expect(readFileSync(program.file, "utf8").split("\n").length).toBeLessThanOrEqual(61);
  const { exitCode, stdout, stderr } = await runProgram(program.file, { folder, ...(input && { input }) });
  expect(exitCode, stderr).toBe(0);
  if (!printsAsSaid(stdout, program.prints)) expect(stdout).toBe(program.prints);
});

test.each([
  { page: "page", title: "Cellstate in a page" },
  { page: "train-page", title: "Training in a page" },
])("the page $page becomes a bundle that needs nothing of Node", { timeout: 120_000 }, async ({ page, title }) => {
  const warnings: string[] = [];
  await build({
    root: join(root, "apps/examples/programs", page),
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@cellstate/source"] },
    build: { outDir: join(folder, page), rolldownOptions: { onwarn: ({ message }) => void warnings.push(message) } },
  });
  expect(warnings.filter((message) => /externalized|node:/.test(message))).toEqual([]);
  expect(readFileSync(join(folder, page, "index.html"), "utf8")).toContain(title);
});
