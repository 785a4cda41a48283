import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "@cellstate/files";
import { describe, expect, test } from "vitest";
import { file, temporaryFolder } from "../../test/folders.ts";
import { hashConfigFiles } from "./config-files.ts";
import { explanationAsJson, explanationAsYaml } from "./explain.ts";
import { type LoadConfigOptions, loadConfig } from "./load.ts";

const BASE = `task: sentiment
data: { train: a.tsv }
tokenizer: { kind: word }
model: { embedding: { size: 8 }, encoder: { hiddenSize: 4 } }
`;

/** Loads `a.yaml` among some files. */
async function load(files: Readonly<Record<string, string>>, options: Partial<LoadConfigOptions> = {}) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "sub"));
  for (const [name, text] of Object.entries(files)) file(folder, name, text);
  return { folder, ...(await loadConfig({ file: join(folder, "a.yaml"), folder, env: {}, ...options })) };
}

const fault = (files: Readonly<Record<string, string>>, options?: Partial<LoadConfigOptions>) =>
  load(files, options).then(
    () => "",
    (error: unknown) => {
      if (error instanceof ConfigError) return error.message;
      throw error;
    },
  );

describe("a list of bases", () => {
  test("is laid one over the other, under the file itself", async () => {
    const { experiment } = await load({
      "base.yaml": `${BASE}seed: 1\ntraining: { epochs: 1, batchSize: 1, patience: 1 }\n`,
      "more.yaml": "seed: 2\ntraining: { epochs: 2, batchSize: 2 }\n",
      "a.yaml": "extends: [base.yaml, more.yaml]\ntraining: { epochs: 3 }\n",
    });
    expect(experiment.seed).toBe(2);
    expect(experiment.training).toMatchObject({ epochs: 3, batchSize: 2, patience: 1 });
  });

  test("may meet in one file, and names a circle by all its files", async () => {
    const { experiment } = await load({
      "base.yaml": BASE,
      "b.yaml": "extends: base.yaml\nseed: 5\n",
      "c.yaml": "extends: base.yaml\n",
      "a.yaml": "extends: [b.yaml, c.yaml]\n",
    });
    expect(experiment.seed).toBe(5);
    const circle = { "a.yaml": "extends: [base.yaml, b.yaml]\n", "base.yaml": BASE };
    expect(await fault({ ...circle, "b.yaml": "extends: c.yaml\n", "c.yaml": "extends: a.yaml\n" })).toBe(
      "c.yaml:1:1: extends: goes round in a circle: a.yaml -> b.yaml -> c.yaml -> a.yaml",
    );
    expect(await fault({ ...circle, "b.yaml": "extends: [base.yaml, none.yaml]\n" })).toMatch(
      /^b\.yaml:1:22: extends\[1\]: there is no file .*none\.yaml; /,
    );
  });
});

describe("variables", () => {
  test("are replaced when all layers lie on one another, flags included", async () => {
    const base = BASE.replace("hiddenSize: 4", 'hiddenSize: "${model.embedding.size}"');
    const files = {
      "base.yaml": `${base}name: 'r\${seed}-\${training.batchSize}'\n`,
      "a.yaml": "extends: base.yaml\n",
    };
    const { experiment } = await load(files, { seed: 7, overrides: ["model.embedding.size=16"] });
    // The name of a file that is extended is not inherited.
    expect(experiment.name).not.toMatch(/^r/);
    expect(experiment.model).toMatchObject({ encoder: { hiddenSize: 16 } });
    const own = await load({ "a.yaml": files["base.yaml"] }, { seed: 7, overrides: ["training.batchSize=${seed}"] });
    expect(own.experiment.name).toBe("r7-7");
    expect((await load({ "a.yaml": files["base.yaml"] }, { seed: 7 })).experiment.name).toBe("r7-32");
  });

  test("make paths that are relative to the file that they are written in, or to the caller in --set", async () => {
    const env = { DATA: "data", ROOT: "/data" };
    const base = BASE.replace(
      "train: a.tsv",
      "train: '${env:DATA}/a.tsv', test: '${env:ROOT}/b.tsv', dev: '${data.train}'",
    );
    const files = { "sub/base.yaml": base, "a.yaml": "extends: sub/base.yaml\n" };
    const { folder, experiment } = await load(files, { env });
    const train = join(folder, "sub/data/a.tsv");
    expect(experiment.data).toMatchObject({ train, test: "/data/b.tsv", dev: train });
    const set = await load(files, { env, overrides: ["data.train=${env:DATA}/c.tsv"] });
    expect(set.experiment.data.train).toBe(join(set.folder, "data/c.tsv"));
  });

  test("of one's own stand in a section that no experiment has", async () => {
    const text = `variables: { layers: { kind: gru, hiddenSize: 6 } }\n${BASE.replace("{ hiddenSize: 4 }", '"${variables.layers}"')}`;
    const { experiment } = await load({ "a.yaml": text });
    expect(experiment.model).toMatchObject({ encoder: { kind: "gru", hiddenSize: 6 } });
    expect(experiment.variables).toBeUndefined();
    expect(await fault({ "a.yaml": text.replace("hiddenSize: 6", "hidenSize: 6") })).toMatch(
      /^a\.yaml:1:35: model\.encoder\.hidenSize: unknown key/m,
    );
  });

  test("in extends are those of the environment alone", async () => {
    const files = { "base.yaml": BASE, "a.yaml": "extends: ${env:BASE:-base.yaml}\n" };
    expect((await load(files)).experiment.task).toBe("sentiment");
    expect(await fault({ ...files, "a.yaml": "extends: ${name}.yaml\nname: base\n" })).toBe(
      "a.yaml:1:1: extends: ${name}: only ${env:...} can stand here: this key is read before the others",
    );
  });

  test("that are wrong in --set are told with the option", async () => {
    expect(await fault({ "a.yaml": BASE }, { overrides: ["seed=${env:NONE}"] })).toMatch(
      /^--set seed=\$\{env:NONE\}: seed: \$\{env:NONE\}: the environment variable NONE is not set/,
    );
  });
});

test("the same relative path of a dataset in two folders is two datasets, whose columns do not mix", async () => {
  const base = BASE.replace("train: a.tsv", "dataset: ./own, textColumn: review");
  const files = { "sub/base.yaml": base, "a.yaml": "extends: sub/base.yaml\ndata: { dataset: ./own }\n" };
  expect((await load(files)).experiment.data.textColumn).toBeUndefined();
});

describe("an explanation", () => {
  const files = {
    "base.yaml": `${BASE}variables: { size: 4 }\n`,
    "a.yaml":
      'extends: base.yaml\nmodel: { encoder: { hiddenSize: "${variables.size}" } }\nloss: { labelSmoothing: 0.1 }\n',
  };

  test("is a config that resolves to the same experiment", async () => {
    const loaded = await load(files, { seed: 9, overrides: ["name='a: ${seed}'".replace("a: ", "a-")] });
    const text = explanationAsYaml(loaded);
    const again = await load({ "a.yaml": text });
    expect(again.experiment).toEqual(loaded.experiment);
  });

  test("says the source of each value", async () => {
    const loaded = await load(files, { seed: 9, overrides: ["training.epochs=2"] });
    const lines = explanationAsYaml(loaded).split("\n");
    const source = (key: string) => lines.find((line) => line.trimStart().startsWith(`${key}:`))?.replace(/^.*# /, "");
    expect(lines.slice(0, 2)).toEqual(["# a.yaml", "#   extends base.yaml"]);
    expect(source("task")).toBe("base.yaml:1");
    expect(source("hiddenSize")).toBe("a.yaml:2, from ${variables.size}");
    expect(source("seed")).toBe("--seed");
    expect(source("epochs")).toBe("--set training.epochs=2");
    expect(source("name")).toBe("the name of the file");
    expect(source("classWeights")).toBe("default");
  });

  test("as JSON has each value with its path and its source", async () => {
    const loaded = await load(files, { seed: 9 });
    const { files: named, values, config } = explanationAsJson(loaded);
    expect(named).toEqual([
      { file: "a.yaml", extends: ["base.yaml"] },
      { file: "base.yaml", extends: [] },
    ]);
    expect(config).toEqual(loaded.experiment);
    expect(values).toContainEqual({
      path: "model.encoder.hiddenSize",
      value: 4,
      source: { kind: "file", file: "a.yaml", line: 2, column: 21, variables: "${variables.size}" },
    });
    expect(values).toContainEqual({ path: "seed", value: 9, source: { kind: "option", option: "--seed" } });
    expect(values).toContainEqual({ path: "predictions", value: "full", source: { kind: "default" } });
  });
});

test("the hashes of a config's files name no folder of the machine", async () => {
  const { file: own, folder } = await load({
    "a.yaml": "extends: sub/base.yaml\n",
    "sub/base.yaml": "extends: sentiment\n",
  });
  const names = Object.keys(hashConfigFiles(own, folder));
  expect(names).toEqual(["a.yaml", "sub/base.yaml", "cellstate/configs/sentiment.yaml"]);
  expect(readFileSync(own.path, "utf8")).toBe(own.contents.toString());
});
