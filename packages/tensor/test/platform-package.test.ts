import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Manifest, platformManifest, platforms, withPlatformPackages } from "../scripts/platform-package.ts";
import { platformName } from "../src/backends/native/platform.ts";
import { nativeInstructionSets } from "../src/backends/native/team.ts";

const main = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Manifest;

test("a platform package is installed where its addon runs and nowhere else", () => {
  expect(platformManifest(main, "linux-x64")).toMatchObject({
    name: "@cellstate/tensor-linux-x64",
    version: main.version,
    main: "cellstate.node",
    os: ["linux"],
    cpu: ["x64"],
    libc: ["glibc"],
  });
  expect(platformManifest(main, "darwin-arm64")).not.toHaveProperty("libc");
  expect(() => platformManifest(main, "win32-x64")).toThrow(
    "pack-platform: expected one of linux-x64, linux-arm64, darwin-x64, darwin-arm64, got win32-x64",
  );
});

test("the published manifest asks for all of them in its own version, and the one in the workspace for none", () => {
  const { optionalDependencies } = withPlatformPackages(main);
  expect(Object.keys(optionalDependencies as object)).toEqual(
    Object.keys(platforms).map((name) => `@cellstate/tensor-${name}`),
  );
  expect(new Set(Object.values(optionalDependencies as object))).toEqual(new Set([main.version]));
  expect(main).not.toHaveProperty("optionalDependencies");
});

test.runIf(nativeInstructionSets().length > 0)("a packed addon loads by its package", () => {
  execFileSync(process.execPath, ["scripts/pack-platform.ts"], { cwd: fileURLToPath(new URL("../", import.meta.url)) });
  const require = createRequire(import.meta.url);
  const packed = require(`../build/npm/tensor-${platformName()}`) as { instructionSets(): string[] };
  expect(packed.instructionSets()).toEqual(nativeInstructionSets());
});
