/** Programs that only the rehearsal needs: other versions of Node, and the registry; npm brings them into `tools/`. */
import { existsSync, mkdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./command.ts";

const tools: string = fileURLToPath(new URL("../tools", import.meta.url));

/** Installs the registry as its lock file has it, unless that was done before. */
export async function installRegistry(): Promise<string> {
  const done = join(tools, "node_modules/.package-lock.json");
  const lock = join(tools, "package-lock.json");
  if (!existsSync(done) || statSync(done).mtimeMs < statSync(lock).mtimeMs) {
    await run("npm", ["ci", "--ignore-scripts"], { folder: tools, env: process.env }, 600);
  }
  return join(tools, "node_modules/verdaccio/bin/verdaccio");
}

/**
 * A Node: the one that runs this where it fits, or one of the packages that bring binaries.
 *
 * @param version  whole, or the major one alone for its newest
 */
export async function installNode(version: string): Promise<string> {
  if (`${process.versions.node}.`.startsWith(`${version}.`)) return process.execPath;
  const { platform, arch } = process;
  const name = `node${platform === "darwin" && arch === "arm64" ? "-bin" : ""}-${platform}-${arch}`;
  const folder = join(tools, `node-${version}`);
  const program = join(folder, "node_modules", name, "bin/node");
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`];
    await run("npm", args, { folder, env: process.env }, 600);
  }
  return program;
}

/**
 * A folder for `PATH` with nothing but Node, npm and a shell: no pnpm, no compiler.
 *
 * @param node  the Node that `node` means
 */
export function bareTools(folder: string, node: string): string {
  mkdirSync(folder, { recursive: true });
  const programs = { node, npm: findProgram("npm"), npx: findProgram("npx"), sh: findProgram("sh") };
  for (const [name, path] of Object.entries(programs)) symlinkSync(path, join(folder, name));
  return folder;
}

function findProgram(name: string): string {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (existsSync(path)) return realpathSync(path);
  }
  throw new Error(`there is no ${name} in PATH; install Node with npm`);
}
