/** Trains models by the command line and prints their files, what the command line predicts and the pages that it writes, as JSON. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toys } from "@cellstate/tasks/toys";
import { cellstate, tinyConfig, tinyTranslation } from "../test/cellstate.ts";

/** What the setup hands to the tests. */
export interface Trained {
  readonly models: readonly TrainedModel[];
  /** A report of each run, a comparison and a sweep. */
  readonly pages: readonly { readonly name: string; readonly text: string }[];
  /** The page that `export` writes of a classifier, and what `predict` prints for the reviews. */
  readonly classifierPage: { readonly path: string; readonly printed: string };
}

/** A saved model and what the command line makes of some inputs. */
export interface TrainedModel {
  readonly name: string;
  /** Files of the model's folder by name, in base64. */
  readonly files: readonly (readonly [name: string, base64: string])[];
  readonly inputs: readonly string[];
  /** What `predict` prints for them. */
  readonly printed: string;
  /** A prompt and what `generate` prints for it, of a model that writes. */
  readonly written?: { readonly prompt: string; readonly length: number; readonly text: string } | undefined;
}

const withToys = fileURLToPath(new URL("../test/cellstate-with-toys.ts", import.meta.url));

const reviews = [
  "The soup was cold, the waiter rude, and we will not be back.",
  "Not bad at all: I expected little and got a lovely evening.",
  "",
  "𝄞 unheard-of words ﬂow 语言",
  `${"long ".repeat(300)}but good`,
];

/** Texts with names in them, raw as `predict` reads them. */
const news = ["Grace met Hugo Ashwick at Fenton Library.", "", "It rained on 3 May; Anna's dog did not mind."];

/** The shipped configs of other tasks, cut short: models of a page need not be good ones, but the same. */
const SHORT = ["--set", "training.epochs=1", "--set", "training.maxSteps=20", "--set", "model.encoder.hiddenSize=16"];

interface Training {
  readonly name: string;
  readonly config: string;
  readonly inputs: readonly string[];
  readonly folder: string;
  readonly program?: string;
  readonly settings?: readonly string[];
  /** What a model that writes is asked to go on from. */
  readonly prompt?: string;
}

async function trained(training: Training): Promise<TrainedModel> {
  const { name, config, inputs, folder, program, settings = [], prompt } = training;
  const run = (args: readonly string[]) => cellstate(args, { cwd: folder, ...(program && { program }) });
  const { code, stderr } = await run(["train", "--config", config, ...settings, "--out", name, "--quiet"]);
  if (code !== 0) throw new Error(`${name}: ${stderr}`);
  const model = join(folder, name, "model");
  const files = readdirSync(model).map((file) => [file, readFileSync(join(model, file)).toString("base64")] as const);
  const { stdout: printed } = await run(["predict", name, ...inputs]);
  if (prompt === undefined) return { name, files, inputs, printed };
  const length = 60;
  const { stdout } = await run(["generate", name, prompt, "--length", `${length}`, "--json"]);
  return { name, files, inputs, printed, written: { prompt, length, text: JSON.parse(stdout).text } };
}

/** The first column of the first rows of a toy's data, written as one argument each. */
function someInputs(folder: string): string[] {
  const file = readdirSync(folder).find((one) => /^data\.(tsv|jsonl)$/.test(one))!;
  const rows = readFileSync(join(folder, file), "utf8").split("\n");
  if (file.endsWith(".tsv")) return rows.slice(1, 6).map((row) => row.split("\t")[0]!);
  return rows.slice(0, 5).map((row) => (Object.values(JSON.parse(row))[0] as string[]).join(" "));
}

const SWEEP = `sweep:
  method: grid
  parameters:
    model.encoder.hiddenSize: [4, 8]
    optimizer.learningRate: [0.02, 0.001]
`;

const folder = mkdtempSync(join(tmpdir(), "cellstate-page-"));
try {
  const models = [
    await trained({
      name: "sentiment",
      config: "sentiment.yaml",
      inputs: reviews,
      folder,
      settings: ["--set", "model.linear=true"],
    }),
    await trained({ name: "tagging", config: "tagging", inputs: news, folder, settings: SHORT }),
    await trained({
      name: "language-model",
      config: "language-model",
      inputs: ["Anna was a baker in Dunmere.", "", "unheard-of ﬂow 语言"],
      folder,
      settings: [...SHORT, "--set", "sample.texts=0"],
      prompt: "In ",
    }),
  ];
  for (const { name, configFile, folder: toyFolder } of await toys()) {
    models.push(await trained({ name, config: configFile, inputs: someInputs(toyFolder), folder, program: withToys }));
  }
  const page = (name: string, ...path: string[]) => ({ name, text: readFileSync(join(folder, ...path), "utf8") });
  const pages = [
    ...models.map(({ name }) => page(`the report of ${name}`, name, "report.html")),
    await translated(),
    await swept(),
    await compared(),
  ];
  const results = fileURLToPath(new URL("../.vitest/", import.meta.url));
  mkdirSync(results, { recursive: true });
  // A page explains answers, which those that a linear part is joined with are not.
  const alone = ["--set", "training.epochs=1"];
  const { printed } = await trained({
    name: "alone",
    config: "sentiment.yaml",
    inputs: reviews,
    folder,
    settings: alone,
  });
  const classifierPage = { path: join(results, "classifier.html"), printed };
  await must("export", "alone", "--format", "html", "--output", classifierPage.path);
  process.stdout.write(JSON.stringify({ models, pages, classifierPage } satisfies Trained));

  /** A translator, whose report has maps of attention. */
  async function translated() {
    await must("train", "--config", tinyTranslation(folder), "--out", "letters", "--quiet");
    return page("the report of a translator", "letters", "report.html");
  }

  async function swept() {
    tinyConfig(folder, SWEEP);
    await must("sweep", "--config", "tiny.yaml", "--out", "sweep");
    return page("a sweep", "sweep", "sweep.html");
  }

  /** Two points of the sweep. */
  async function compared() {
    await must("compare", "sweep/runs/001", "sweep/runs/002", "--resamples", "10", "--output", "compare.html");
    return page("a comparison", "compare.html");
  }

  async function must(...args: string[]) {
    const { code, stderr } = await cellstate(args, { cwd: folder });
    if (code !== 0) throw new Error(`${args[0]}: ${stderr}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
