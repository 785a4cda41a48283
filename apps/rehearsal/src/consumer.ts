/** An empty project of somebody who installs the packages: one version of Node, npm, and nothing else in `PATH`. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Place, run } from "./command.ts";
import type { Registry } from "./registry.ts";
import { bareTools } from "./tools.ts";

/** Programs that the projects run. */
const programs = fileURLToPath(new URL("../project", import.meta.url));

/** What a person would try first; its answer must be the same everywhere. */
export const TEXT = "The soup was cold, but the waiter made up for it.";

export class Consumer {
  readonly place: Place;
  readonly #bin: string;

  /**
   * @param folder  a new one
   * @param node    the Node of this project
   */
  constructor(folder: string, node: string, { npmrc }: Registry) {
    mkdirSync(join(folder, "project"), { recursive: true });
    const home = join(folder, "home");
    mkdirSync(home);
    writeFileSync(join(home, ".npmrc"), `${npmrc}audit=false\nfund=false\nupdate-notifier=false\n`);
    this.#bin = bareTools(join(folder, "bin"), node);
    // CC names no program, so that whoever looks for a compiler by it finds none either.
    const env = { PATH: this.#bin, HOME: home, CC: "/nonexistent", TMPDIR: process.env.TMPDIR ?? "/tmp" };
    this.place = { folder: join(folder, "project"), env };
  }

  path(name: string): string {
    return join(this.place.folder, name);
  }

  /** Runs a program of `PATH`. */
  run(command: string, ...args: readonly string[]): Promise<string> {
    return run(join(this.#bin, command), args, this.place);
  }

  /** @returns bytes of everything that came */
  async install(...packages: readonly string[]): Promise<number> {
    writeFileSync(this.path("package.json"), '{ "private": true }\n');
    await this.run("npm", "install", ...packages);
    return sizeOf(this.path("node_modules"));
  }

  /** Trains one epoch of the bundled sentiment config; the run's folder is `run`. */
  async train(): Promise<TrainingResult> {
    const args = ["--config", "sentiment.yaml", "--set", "training.epochs=1", "--out", "run", "--json", "--quiet"];
    const result = JSON.parse(await this.run("npx", "cellstate", "train", ...args)) as TrainingResult;
    if (result.weightsSha256 === undefined) throw new Error(`no weights in ${JSON.stringify(result)}`);
    return result;
  }

  /** Trains with a config of `project/plugin`, whose plugins have a cell, a metric, a pooling and a task of their own. */
  async trainPlugin(name: string): Promise<TrainingResult> {
    cpSync(join(programs, "plugin"), this.path("plugin"), { recursive: true });
    const args = ["--config", `plugin/${name}.yaml`, "--out", `own-${name}`, "--json", "--quiet"];
    const result = JSON.parse(await this.run("npx", "cellstate", "train", ...args)) as TrainingResult;
    // Whatever was trained answers, and by its model alone where it is given the plugin.
    const file = name === "typed" ? ["plugin/plugin.mjs", "plugin/typed.ts"] : ["plugin/plugin.mjs"];
    const given = file.flatMap((one) => ["--plugin", one]);
    const ofRun = await this.run("npx", "cellstate", "predict", `own-${name}`, TEXT);
    const ofModel = await this.run("npx", "cellstate", "predict", `own-${name}/model`, ...given, "--", TEXT);
    if (ofRun !== ofModel) throw new Error(`the run of ${name}.yaml answers ${ofRun}, its model ${ofModel}`);
    return result;
  }

  /** What the command line answers: one line of JSON. */
  async predict(): Promise<string> {
    return (await this.run("npx", "cellstate", "predict", "run", TEXT)).trim();
  }

  /** What a program in the project answers that opens the model; `name` is a file of `project/`. */
  async program(name: string): Promise<string> {
    cpSync(join(programs, name), this.path(name));
    return (await this.run("node", name, "run/model", TEXT)).trim();
  }

  /** Strict type check of programs that use every entry, as modules and as CommonJS, and for a bundler. */
  async typeCheck(compiler: string, entries: { readonly node: readonly string[]; readonly page: readonly string[] }) {
    const folder = this.path("types");
    mkdirSync(folder);
    for (const file of ["predict.mts", "predict.cts"]) cpSync(join(programs, file), join(folder, file));
    writeFileSync(join(folder, "node.mts"), importsOf(entries.node));
    writeFileSync(join(folder, "node.cts"), importsOf(entries.node));
    writeFileSync(join(folder, "page.ts"), importsOf(entries.page));
    const strict = {
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      target: "es2022",
      exactOptionalPropertyTypes: true,
    };
    const configs = {
      nodenext: {
        compilerOptions: { ...strict, module: "nodenext", lib: ["esnext", "dom"], types: ["node"] },
        files: ["predict.mts", "predict.cts", "node.mts", "node.cts"],
      },
      bundler: {
        compilerOptions: {
          ...strict,
          module: "esnext",
          moduleResolution: "bundler",
          lib: ["esnext", "dom"],
          types: [],
        },
        files: ["page.ts"],
      },
    };
    for (const [name, config] of Object.entries(configs)) {
      const path = join(folder, `tsconfig.${name}.json`);
      writeFileSync(path, JSON.stringify(config));
      await run(process.execPath, [compiler, "--pretty", "false", "-p", path], this.place);
    }
    return Object.keys(configs);
  }
}

/** What `train --json` prints, as far as the rehearsal reads it. */
export interface TrainingResult {
  readonly backend: string;
  readonly task: string;
  readonly weightsSha256: string;
  readonly metrics: { readonly test: { readonly accuracy: number; readonly errorRate?: number } };
}

function importsOf(entries: readonly string[]): string {
  return entries.map((entry, index) => `import * as entry${index} from "${entry}";\nvoid entry${index};\n`).join("");
}

/** Bytes of all files below a folder. */
export function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += sizeOf(path);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}

/** The weights of a run, told short. */
export function shortHash({ weightsSha256 }: TrainingResult): string {
  return weightsSha256.slice(0, 12);
}

/** A file of the consumer's installed package. */
export function installedManifest(consumer: Consumer, name: string): { readonly version: string } {
  return JSON.parse(readFileSync(consumer.path(`node_modules/${name}/package.json`), "utf8")) as { version: string };
}
