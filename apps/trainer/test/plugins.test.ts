/** Plugins from the command line: a folder of somebody's own, from training to a copied model. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

/** What the release rehearsal trains with the installed packages. */
const project = fileURLToPath(new URL("../../rehearsal/project/plugin", import.meta.url));

const folder = lastingFolder();
cpSync(project, folder, { recursive: true });
const rows = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? `good\taa film ${i}\n` : `bad\tzz film ${i}\n`));
file(folder, "mine.tsv", `label\ttext\n${rows.join("")}`);
const small = "data: { train: mine.tsv, test: mine.tsv }\ntraining: { epochs: 1, batchSize: 4 }\n";
file(folder, "small.yaml", `extends: cell.yaml\n${small}`);
file(folder, "all.yaml", `extends: typed.yaml\n${small}`);
file(folder, "letters.yaml", `extends: task.yaml\n${small}`);
const run = (...args: string[]) => inProcess(args, folder);
const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");

describe("a cell and a metric of one's own", () => {
  test("train, and the lock has the hashes of their files and names no folder", async () => {
    const { code, stdout, stderr } = await run("train", "--config", "small.yaml", "--out", "run", "--json", "--quiet");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { metrics } = JSON.parse(stdout);
    expect(metrics.test.errorRate).toBeCloseTo(1 - metrics.test.accuracy, 12);
    const text = read("run", "config.lock.json");
    const lock = JSON.parse(text);
    expect(text).not.toContain(folder);
    expect(lock.config).toMatchObject({ plugins: ["./plugin.mjs"], data: { train: "mine.tsv" } });
    expect(lock.configFolder).toBe("..");
    expect(Object.keys(lock.plugins)).toEqual(["plugin.mjs", "parts.mjs"]);
    expect(Object.keys(lock.configFiles)).toEqual(["small.yaml", "cell.yaml", "cellstate/configs/sentiment.yaml"]);
    expect(lock.operatingSystem).toMatch(/\w/);
    expect(JSON.parse(read("run", "model", "config.json")).plugins).toEqual(["plugin.mjs"]);
  });

  test("predict and go on from the run, whose folder may move with theirs", async () => {
    const { code, stdout } = await run("predict", "run", "aa film");
    expect({ code, lines: stdout.split("\n").length }).toEqual({ code: 0, lines: 2 });
    rmSync(join(folder, "run", "result.json"));
    expect(await run("train", "--resume", "run", "--quiet")).toMatchObject({ code: 0, stderr: "" });
    const elsewhere = copyOf(folder);
    const moved = await inProcess(["evaluate", "run", "--resamples", "0", "--json"], elsewhere);
    expect(moved).toMatchObject({ code: 0, stderr: "" });
  });

  test("a model without its run asks for the plugin, and takes it", async () => {
    cpSync(join(folder, "run", "model"), join(folder, "model"), { recursive: true });
    const without = await run("predict", "model", "aa film");
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(
      /the model was trained with the plugin plugin\.mjs, without which it cannot be opened .*--plugin <file>/,
    );
    const given = await run("predict", "model", "aa film", "--plugin", "plugin.mjs");
    expect(given).toMatchObject({ code: 0, stdout: (await run("predict", "run", "aa film")).stdout });
    const wrong = await run("predict", "model", "aa film", "--plugin", "typed.ts");
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("without which it cannot be opened") });
  });

  test("a file that changed, or is gone, is refused by all that opens the run", async () => {
    const whole = read("parts.mjs");
    file(folder, "parts.mjs", `${whole}\n// changed\n`);
    for (const args of [
      ["predict", "run", "x"],
      ["train", "--resume", "run"],
      ["evaluate", "run"],
    ]) {
      const { code, stderr } = await run(...args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).toMatch(
        /the plugin changed since the run began \(parts\.mjs\); put the old files back, or train anew/,
      );
    }
    const again = await run("reproduce", "run");
    expect({ code: again.code, stdout: again.stdout }).toEqual({
      code: 1,
      stdout: "not identical\nfirst difference  plugin parts.mjs changed since the run\n",
    });
    await run("train", "--config", "small.yaml", "--out", "changed", "--quiet");
    const compared = JSON.parse((await run("compare", "run", "changed", "--json")).stdout);
    expect(Object.keys(compared.config)).toEqual(["plugin parts.mjs"]);
    expect(compared.notes).toEqual(["plugin parts.mjs changed since run began: its answers were not read"]);
    rmSync(join(folder, "plugin.mjs"));
    expect((await run("predict", "run", "x")).stderr).toMatch(
      /the run needs the plugin \.\/plugin\.mjs: there is no file /,
    );
    cpSync(project, folder, { recursive: true });
    expect((await run("predict", "run", "x")).code).toBe(0);
  });
});

test("TypeScript beside JavaScript, and a whole task, train too", async () => {
  const typed = await run("train", "--config", "all.yaml", "--out", "typed", "--json", "--quiet");
  expect(typed.code).toBe(0);
  const letters = await run("train", "--config", "letters.yaml", "--out", "letters", "--json", "--quiet");
  expect({ code: letters.code, stderr: letters.stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(letters.stdout)).toMatchObject({ task: "by-letters" });
  expect(JSON.parse((await run("predict", "letters", "a film")).stdout).prediction).toMatch(/^(good|bad)$/);
});

test("what a plugin brings is offered by errors, explained, and in the JSON Schema", async () => {
  const near = await run("lint", "--config", "small.yaml", "--set", "model.encoder.kind=update-gat");
  expect(near).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean `update-gate`?") });
  const option = await run("lint", "--config", "small.yaml", "--set", "model.encoder.scal=2");
  expect(option.stderr).toContain("unknown key `scal`, did you mean `scale`?");
  const explained = await run("explain", "--config", "small.yaml");
  expect(explained.stdout).toMatch(/\n {4}scale: 1 +# default\n/);
  const schema = JSON.parse((await run("explain", "--config", "small.yaml", "--schema")).stdout);
  const text = JSON.stringify(schema);
  expect(text).toContain('"const":"update-gate"');
  expect(text).toContain('"factor of the new state"');
  expect(text).toContain('"errorRate"');
  expect(schema.oneOf.map(({ title }: { title: string }) => title)).toContain("by-letters experiment");
});

test("a plugin that cannot be used ends with 2 and one message that names file and line", async () => {
  file(folder, "broken.mjs", "\nthrow new Error('no luck');\n");
  const { code, stderr } = await run("train", "--config", "small.yaml", "--set", "plugins=[./broken.mjs]");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      "cellstate: --set plugins=[./broken.mjs]: plugins[0]: throws when it is loaded: Error: no luck (broken.mjs:2)\n",
  });
  file(folder, "names.yaml", "plugins:\n  - ./plugin.mjs\n  - ./none.mjs\nextends: cell.yaml\n");
  expect((await run("lint", "--config", "names.yaml")).stderr).toMatch(
    /^cellstate: names\.yaml:3:5: plugins\[1\]: there is no file .*none\.mjs\n$/,
  );
});

test("a plugin that throws while it trains is named with its line, and is no fault of Cellstate", async () => {
  const pooling =
    '{ name: "unlucky", description: "x", Pooling: class { constructor() {\n throw new Error("no luck"); } } }';
  file(folder, "unlucky.mjs", `export default { poolings: [${pooling}] };\n`);
  file(folder, "unlucky.yaml", "plugins: [./unlucky.mjs]\nextends: small.yaml\nmodel: { pooling: unlucky }\n");
  const { code, stderr } = await run("train", "--config", "unlucky.yaml", "--out", "unlucky", "--quiet");
  expect({ code, stderr }).toEqual({ code: 1, stderr: "cellstate: unlucky.mjs:2: Error: no luck\n" });
});

/** A copy of a folder, elsewhere. */
function copyOf(source: string): string {
  const copy = mkdtempSync(join(tmpdir(), "cellstate-moved-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(source, copy, { recursive: true });
  return copy;
}
