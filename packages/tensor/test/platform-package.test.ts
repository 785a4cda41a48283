import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { platformName } from "../src/backends/native/platform.ts";
import { nativeInstructionSets } from "../src/backends/native/team.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));
const platforms = readdirSync(`${folder}platforms`).sort();

function manifestIn(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(`${folder}${path}/package.json`, "utf8"));
}

test.each(platforms)("the package for %s is installed where its addon runs and nowhere else", (platform) => {
  const [os, cpu] = platform.split("-");
  expect(manifestIn(`platforms/${platform}`)).toMatchObject({
    name: `@cellstate/tensor-${platform}`,
    main: "cellstate.node",
    files: ["cellstate.node"],
    os: [os],
    cpu: [cpu],
  });
  // The addon is linked with glibc; other systems take WebAssembly.
  expect(manifestIn(`platforms/${platform}`).libc).toEqual(os === "linux" ? ["glibc"] : undefined);
});

test("the package asks for all of them in its own version, and for no script at installation", () => {
  const main = manifestIn(".");
  expect(main.optionalDependencies).toEqual(
    Object.fromEntries(platforms.map((platform) => [`@cellstate/tensor-${platform}`, "workspace:*"])),
  );
  for (const path of [".", ...platforms.map((platform) => `platforms/${platform}`)]) {
    expect(manifestIn(path).version).toBe(main.version);
    for (const script of ["preinstall", "install", "postinstall"]) {
      expect(manifestIn(path).scripts).not.toHaveProperty(script);
    }
  }
});

/** Runs what npm runs before it packs a platform's package, in a copy of that package. */
function take(platform: string, env: NodeJS.ProcessEnv = {}) {
  const parent = mkdtempSync(join(tmpdir(), "cellstate-platform-"));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const copy = join(parent, platform);
  mkdirSync(copy);
  copyFileSync(`${folder}platforms/${platform}/package.json`, join(copy, "package.json"));
  const script = `${folder}scripts/take-addon.ts`;
  return {
    copy,
    ...spawnSync(process.execPath, [script], { cwd: copy, encoding: "utf8", env: { ...process.env, ...env } }),
  };
}

test("a package without its addon is not packed", () => {
  const absent = platforms.find((platform) => platform !== platformName())!;
  const { status, stderr } = take(absent);
  expect(stderr).toMatch(new RegExp(`^@cellstate/tensor-${absent}: not packed: there is no .*${absent}\\.node`));
  expect(status).toBe(1);
});

test.runIf(nativeInstructionSets().length > 0)("an addon that was taken loads by its package", () => {
  const { copy, status, stderr } = take(platformName());
  expect(status, stderr).toBe(0);
  const script = `console.log(JSON.stringify(require(${JSON.stringify(copy)}).instructionSets()))`;
  const printed = execFileSync(process.execPath, ["-e", script], { encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual(nativeInstructionSets());
});

test.runIf(process.platform === "linux" && nativeInstructionSets().length > 0)(
  "an addon that needs a newer glibc than allowed is not packed",
  () => {
    const { status, stderr } = take(platformName(), { GLIBC_LIMIT: "2.2" });
    expect(stderr).toMatch(/needs glibc 2\.\d+, and 2\.2 is the newest allowed; build it on an older system/);
    expect(status).toBe(1);
  },
);
