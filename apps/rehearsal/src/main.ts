/** `pnpm release:rehearse`: publishes all packages to a registry on loopback, and uses them in empty projects as strangers would. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Consumer, installedManifest, shortHash, sizeOf, TEXT, type TrainingResult } from "./consumer.ts";
import { openPage } from "./page.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { buildPackages, copyCheckout, type Manifest, publishPackages } from "./release.ts";
import { Steps } from "./steps.ts";
import { installNode, installRegistry } from "./tools.ts";

/** Versions of Node that the packages say they run on, the oldest to its last digit; the rehearsal is what that rests on. */
const NODES = ["22.12.0", "24", "26"];
/** Of everything that `npm install cellstate` brings, without the data. */
const MAX_BYTES = 15e6;

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cellstate-rehearsal-"));
const steps = new Steps(console.log);
let registry: Registry | undefined;

try {
  await rehearse();
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof Error ? error.message : error);
} finally {
  registry?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  console.log(`\n${steps.table()}`);
  const results = fileURLToPath(new URL("../.vitest", import.meta.url));
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, "rehearsal-results.json"), JSON.stringify(steps.counts()));
}

async function rehearse(): Promise<void> {
  const copy = join(folder, "checkout");
  let packages: ReadonlyMap<string, Manifest> = new Map();
  await steps.run("registry on loopback", async () => {
    const program = await installRegistry();
    const place = join(folder, "registry");
    mkdirSync(place);
    registry = await startRegistry(program, place);
    return registry.url;
  });
  await steps.run("copy and build", async () => {
    await copyCheckout(root, copy);
    await buildPackages(root, copy);
    return copy;
  });
  await steps.run("publish with changesets", async () => {
    const release = await publishPackages(copy, registry!);
    packages = release.packages;
    const absent = release.absent.length === 0 ? "" : `; no addon built here for ${release.absent.join(", ")}`;
    return `${packages.size} packages ${packages.get("cellstate")?.version}${absent}`;
  });
  const consumers: Consumer[] = [];
  const trained: TrainingResult[] = [];
  const answers = new Set<string>();
  /** The weights that each config with plugins gives. */
  const plugins = new Map<string, Set<string>>();
  for (const version of NODES) {
    const consumer = await rehearseNode(version, packages, trained, answers, plugins);
    consumers.push(consumer);
  }
  await steps.run("npx in an empty folder", () => runWithoutInstalling(packages));
  await steps.run("types, nodenext and bundler", () => checkTypes(consumers.at(-1)!, packages));
  await steps.run("page in Chromium", async () => {
    const [consumer] = consumers;
    const { answer, bytes } = await openPage(consumer!.place.folder, consumer!.path("run/model"), TEXT);
    answers.add(answer);
    expectSame(answers, "the page and Node");
    return `the same bits, ${megabytes(bytes)} bundled`;
  });
}

/** Installs, trains, predicts with one version of Node. */
async function rehearseNode(
  version: string,
  packages: ReadonlyMap<string, Manifest>,
  trained: TrainingResult[],
  answers: Set<string>,
  plugins: Map<string, Set<string>>,
): Promise<Consumer> {
  let consumer: Consumer | undefined;
  await steps.run(`Node ${version}: install`, async () => {
    consumer = new Consumer(join(folder, `node-${version}`), await installNode(version), registry!);
    const bytes = (await consumer.install("cellstate")) - dataBytes(consumer);
    if (bytes > MAX_BYTES)
      throw new Error(`npm install cellstate brings ${megabytes(bytes)}, more than ${megabytes(MAX_BYTES)}`);
    const installed = (await consumer.run("npx", "cellstate", "--version")).trim();
    const wanted = packages.get("cellstate")?.version;
    if (installed !== wanted) throw new Error(`expected cellstate ${wanted}, got ${installed}`);
    return `${(await consumer.run("node", "--version")).trim()}, ${megabytes(bytes)} without the data`;
  });
  await steps.run(`Node ${version}: train`, async () => {
    const result = await consumer!.train();
    trained.push(result);
    expectSame(new Set(trained.map(({ weightsSha256 }) => weightsSha256)), "the weights of the Node versions");
    const addon = installedManifest(consumer!, `@cellstate/tensor-${process.platform}-${process.arch}`);
    if (result.backend !== "native")
      throw new Error(`expected the native backend of the addon ${addon.version}, got ${result.backend}`);
    return `native backend, prebuilt addon ${addon.version}, weights ${shortHash(result)}, test accuracy ${result.metrics.test.accuracy.toFixed(4)}`;
  });
  await steps.run(`Node ${version}: predict`, async () => {
    answers.add(await consumer!.predict());
    answers.add(await consumer!.program("import.mjs"));
    answers.add(await consumer!.program("require.cjs"));
    expectSame(answers, "command line, import and require");
    return "command line, import and require give the same bits";
  });
  await steps.run(`Node ${version}: plugins`, async () => {
    const names = readsTypeScript(version) ? ["cell", "task", "typed"] : ["cell", "task"];
    for (const name of names) {
      const result = await consumer!.trainPlugin(name);
      const { accuracy, errorRate = 1 - accuracy } = result.metrics.test;
      if (Math.abs(accuracy + errorRate - 1) > 1e-9) throw new Error(`${name}: errors and accuracy do not add up`);
      const weights = plugins.get(name) ?? new Set();
      plugins.set(name, weights.add(result.weightsSha256));
      expectSame(weights, `the weights of ${name}.yaml by the Node versions`);
    }
    return `${names.join(", ")}: trained, and the models answer as their runs do`;
  });
  return consumer!;
}

/** Whether a version of Node loads TypeScript. */
function readsTypeScript(version: string): boolean {
  return !version.startsWith("22.12");
}

/** `npx cellstate` where nothing is installed. */
async function runWithoutInstalling(packages: ReadonlyMap<string, Manifest>): Promise<string> {
  const consumer = new Consumer(join(folder, "npx"), await installNode(NODES[1]!), registry!);
  const version = (await consumer.run("npx", "--yes", "cellstate", "--version")).trim();
  if (version !== packages.get("cellstate")?.version) throw new Error(`npx ran cellstate ${version}`);
  const listed = await consumer.run("npx", "--yes", "cellstate", "data", "verify", "reviews");
  const files = listed.split("\n").filter((line) => /\bok\b.*\bbundled\b/.test(line));
  if (files.length === 0) throw new Error(`no bundled data came along: ${listed}`);
  return `cellstate ${version} with ${files.length} bundled files of reviews`;
}

/** The packages' entries, for Node and for a page; those that `cellstate` leaves to its users are installed first. */
async function checkTypes(consumer: Consumer, packages: ReadonlyMap<string, Manifest>): Promise<string> {
  const node = [...packages.values()].flatMap(entriesOf);
  const page = node.filter((entry) => !/^cellstate$|\/files|\/node$|\/checkpoint$|\/testing$/.test(entry));
  const { version } = JSON.parse(await consumer.run("npm", "view", "@types/node", "--json")) as { version: string };
  const optional = Object.keys(packages.get("cellstate")?.peerDependencies ?? {});
  await consumer.run("npm", "install", "--save-dev", `@types/node@${version}`, ...optional);
  const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
  const checked = await consumer.typeCheck(compiler, { node, page });
  return `${node.length} entries by import and require, ${page.length} for pages: ${checked.join(", ")}`;
}

/** What can be imported of a package, such as `@cellstate/data/node`. */
function entriesOf({ name, exports, publishConfig }: Manifest): string[] {
  const entries = publishConfig?.exports ?? exports ?? {};
  return Object.keys(entries)
    .filter((entry) => !/\*|\.json$/.test(entry))
    .map((entry) => name + entry.slice(1));
}

function dataBytes(consumer: Consumer): number {
  return sizeOf(consumer.path("node_modules/@cellstate/datasets"));
}

function expectSame(values: ReadonlySet<string>, what: string): void {
  if (values.size > 1) throw new Error(`${what} differ:\n${[...values].join("\n")}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
