/**
 * Runs the tests of the native kernels on an addon that checks each access to memory (AddressSanitizer, with red zones between the
 * blocks of the heap) and undefined behaviour (UBSan). First it plants some faults, each of which the addon must find. Needs gcc on
 * Linux; about three minutes.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { platformName } from "../src/backends/native/platform.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));
const addon = `${folder}build/sanitize/${platformName()}.node`;

/** Those that measure time or the size of the process. */
const UNSUITABLE = ["threads", "many-sessions"];

function fail(message: string): never {
  console.error(`check-sanitize: ${message}`);
  process.exit(1);
}

/** The library that must be loaded before Node's own allocator is used. */
function findSanitizer(): string {
  const { stdout } = spawnSync("gcc", ["-print-file-name=libasan.so"], { encoding: "utf8" });
  const path = (stdout ?? "").trim();
  return existsSync(path) ? path : fail("gcc and its libasan are not there; on Debian and Ubuntu: apt install gcc");
}

function build(): void {
  const env = { ...process.env, CC: "gcc" };
  const { stdout, stderr } = spawnSync(process.execPath, ["scripts/build-native.ts", "--sanitize"], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  if (!existsSync(addon)) fail(`${stdout}${stderr}`.trim());
}

/**
 * Runs Node with the addon and the sanitizer. Leaks are not looked for, since Node does not free what it has at its end; memory that a
 * test asks for in vain is refused as usual.
 */
function runNode(args: readonly string[], stdio: "pipe" | "inherit") {
  const env = {
    ...process.env,
    CELLSTATE_ADDON: addon,
    LD_PRELOAD: findSanitizer(),
    ASAN_OPTIONS: "detect_leaks=0:allocator_may_return_null=1",
    UBSAN_OPTIONS: "print_stacktrace=1",
  };
  return spawnSync(process.execPath, args, { cwd: folder, env, stdio, encoding: "utf8" });
}

/** Each planted fault must end the process with a report, and nothing else may. */
function checkPlanted(): void {
  const plant = "scripts/planted-faults.ts";
  const faults = runNode([plant], "pipe").stdout.trim().split("\n");
  for (const fault of faults) {
    const { status, stderr } = runNode([plant, fault], "pipe");
    const isFound = status !== 0 && /AddressSanitizer: use-after-poison|runtime error:/.test(stderr);
    if (isFound !== (fault !== "none")) fail(`planted ${fault}: ${isFound ? stderr : "not found"}`);
  }
  console.log(`check-sanitize: ${faults.length - 1} planted faults were found`);
}

build();
checkPlanted();
const vitest = fileURLToPath(new URL("vitest.mjs", import.meta.resolve("vitest/package.json")));
const excluded = UNSUITABLE.map((name) => `--exclude=test/${name}.test.ts`);
const { status } = runNode([vitest, "run", "test/", "src/session", ...excluded, "--testTimeout=300000"], "inherit");
process.exit(status ?? 1);
