/**
 * Takes the addon that was built for a platform into that platform's package, the current folder, before it is packed.
 *
 * `GLIBC_LIMIT=2.28` refuses one that needs a newer C library than that: it runs where the machine that built it is not newer.
 */
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const platform = basename(process.cwd());
const built = fileURLToPath(new URL(`../build/${platform}.node`, import.meta.url));
const limit = process.env.GLIBC_LIMIT;

if (!existsSync(built)) fail(`there is no ${built}; run \`pnpm kernels\` on that platform and put its addon there`);
const needed = newestGlibc(readFileSync(built, "latin1"));
if (limit !== undefined && compare(needed, limit) > 0) {
  fail(`the addon needs glibc ${needed}, and ${limit} is the newest allowed; build it on an older system`);
}
copyFileSync(built, "cellstate.node");

function fail(reason: string): never {
  console.error(`@cellstate/tensor-${platform}: not packed: ${reason}`);
  process.exit(1);
}

/** The newest version of glibc's symbols that an addon names; "0" where it names none, as on macOS. */
function newestGlibc(bytes: string): string {
  const versions = [...bytes.matchAll(/GLIBC_(\d+(?:\.\d+)+)/g)].map(([, version]) => version!);
  return versions.sort(compare).at(-1) ?? "0";
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
