/**
 * Lays out what is published besides the main package.
 *
 * `node scripts/pack-platform.ts` puts the addon of this machine into `build/npm/tensor-<platform>/`, ready for `npm publish`.
 * `node scripts/pack-platform.ts --wire` makes those packages optional dependencies of package.json; only for a checkout that
 * is about to be published, since they are not there before.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { platformName } from "../src/backends/native/platform.ts";
import { addonFile, type Manifest, platformManifest, withPlatformPackages } from "./platform-package.ts";

const folder = fileURLToPath(new URL("../", import.meta.url));
const main = JSON.parse(readFileSync(`${folder}package.json`, "utf8")) as Manifest;

function writeManifest(path: string, manifest: Manifest): void {
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

function pack(name: string): void {
  const manifest = platformManifest(main, name);
  const addon = `${folder}build/${name}.node`;
  if (!existsSync(addon)) throw new Error(`pack-platform: there is no ${addon}; run \`pnpm kernels\` first`);
  const target = `${folder}build/npm/tensor-${name}/`;
  mkdirSync(target, { recursive: true });
  copyFileSync(addon, `${target}${addonFile}`);
  writeManifest(`${target}package.json`, manifest);
  console.log(`pack-platform: ${manifest.name} ${manifest.version} in ${target}`);
}

if (process.argv.includes("--wire")) writeManifest(`${folder}package.json`, withPlatformPackages(main));
else pack(platformName());
