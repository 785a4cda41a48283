/**
 * Builds the package in the current folder before it is packed, and refuses to pack one whose entries are not there.
 *
 * Who packs many packages builds once and sets `CELLSTATE_BUILT=1`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

interface Manifest {
  readonly name: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
  readonly publishConfig?: { readonly exports?: unknown };
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const builds = manifest.scripts?.build !== undefined;
if (builds && process.env.CELLSTATE_BUILT !== "1") {
  const turbo = ["run", "build", `--filter=${manifest.name}`, "--output-logs=errors-only"];
  const { status } = spawnSync("turbo", turbo, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(1);
}
const missing = pathsIn(manifest.publishConfig?.exports ?? manifest.exports).filter((path) => !existsSync(path));
if (missing.length > 0) {
  console.error(`${manifest.name}: not packed, since ${missing.join(", ")} is not there; run \`pnpm build\` first`);
  process.exit(1);
}

/** Every file that `exports` names. */
function pathsIn(value: unknown): string[] {
  if (typeof value === "string") return value.includes("*") ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}
