/** Every page of the repository keeps its word: examples run and print what they say, experiments and commands are valid. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, loadConfig, runCli } from "cellstate";
import glob from "fast-glob";
import { afterAll, describe, expect, test, vi } from "vitest";
import { commandFault, commandsOf } from "../src/commands.ts";
import { examplesOf, printsAsSaid } from "../src/example.ts";
import { parsePage } from "../src/page.ts";
import { runExample, typeCheck, writeExamples } from "../src/run-example.ts";
import { listPages, root } from "../src/workspace.ts";

const pages = listPages().map((path) => ({ path, ...parsePage(readFileSync(join(root, path), "utf8")) }));
const examples = pages.flatMap(({ path, blocks }) => writeExamples(path, examplesOf(blocks)));
const faults = typeCheck(examples);
const folder = mkdtempSync(join(tmpdir(), "cellstate-pages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(examples)("the example at $page:$line", (example) => {
  test("compiles", { timeout: 120_000 }, async () => {
    expect((await faults).get(example.file)).toEqual([]);
  });

  test("prints what the page says", { timeout: 300_000 }, async () => {
    const { exitCode, stdout, stderr } = await runExample(example);
    expect(exitCode, stderr).toBe(0);
    if (!printsAsSaid(stdout, example.prints)) expect(stdout).toBe(example.prints);
  });
});

const experiments = pages.flatMap(({ path, blocks }) =>
  blocks
    .filter(({ language }) => language === "yaml")
    .map(({ line, lines }) => ({ path, line, yaml: lines.join("\n") })),
);

test.each(experiments)("the experiment at $path:$line is valid", async ({ path, line, yaml }) => {
  const name = `${path.replaceAll("/", "-")}-${line}`;
  expect(await configFaults(name, yaml)).toEqual([]);
});

test.each(pages)("the commands in $path exist with their options", async ({ path, ...page }) => {
  const wrong: string[] = [];
  for (const command of commandsOf(page)) {
    const fault = await commandFault(command, path, helpOf);
    if (fault !== undefined) wrong.push(`${path}:${command.line}: ${command.words.join(" ")}: ${fault}`);
  }
  expect(wrong).toEqual([]);
});

/** What the schema says against an experiment; a section alone is tried in each of the shipped configs. */
async function configFaults(name: string, yaml: string): Promise<readonly string[]> {
  const shipped = glob.sync("apps/trainer/configs/**/*.yaml", { cwd: root, absolute: true }).sort();
  const bases = /^(?:task|extends):/m.test(yaml) ? [""] : shipped.map((file) => `extends: ${JSON.stringify(file)}\n`);
  const tries = bases.map(async (base, index) => {
    const file = join(folder, `${name}-${index}.yaml`);
    writeFileSync(file, base + yaml);
    try {
      await loadConfig({ file, folder });
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.issues.map(({ path, message }) => `${path}: ${message}`);
    }
  });
  return (await Promise.all(tries)).sort((a, b) => a.length - b.length)[0] ?? [];
}

async function helpOf(path: readonly string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await runCli([...path, "--help"]);
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}
