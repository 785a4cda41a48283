/** Packs every publishable package as npm would get it, and checks what is inside: entries, types, files. Needs `pnpm build`. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import glob from "fast-glob";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const packed = mkdtempSync(join(tmpdir(), "cellstate-packed-"));
const problems: string[] = [];
try {
  for (const path of glob.sync("{packages,apps}/*/package.json", { cwd: root }).sort()) {
    const folder = join(root, dirname(path));
    const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
    if (manifest.private) continue;
    const tarball = pack(folder, manifest);
    const faults = [...(await entryFaults(tarball)), ...(await contentFaults(tarball))];
    problems.push(...faults.map((fault) => `${manifest.name}: ${fault}`));
  }
} finally {
  rmSync(packed, { recursive: true });
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

/** The bytes that would be published; pnpm replaces the versions that the workspace leaves open. */
function pack(folder: string, { name, version }: Manifest): Uint8Array<ArrayBuffer> {
  const pnpm = process.platform === "win32" ? "pnpm.cmd" : "pnpm";
  execFileSync(pnpm, ["pack", "--pack-destination", packed], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
  return new Uint8Array(readFileSync(join(packed, file)));
}

/** What publint says of the manifest: every path of it is there and is what it claims to be. */
async function entryFaults(tarball: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

/** Whether every entry resolves with its types, for Node and for bundlers, and no test is published. */
async function contentFaults(tarball: Uint8Array): Promise<string[]> {
  const contents = createPackageFromTarballData(tarball);
  const tests = contents.listFiles().filter((file) => /\.test\.(ts|js|d\.ts|js\.map)$/.test(file));
  const faults = tests.length === 0 ? [] : [`publishes ${tests.length} tests, among them ${tests[0]}; see "files"`];
  const result = await checkPackage(contents);
  if (result.types === false) return [...faults, "has no types"];
  for (const [entry, { resolutions }] of Object.entries(result.entrypoints)) {
    // Packages are modules only: old resolution knows no entries, and `require` is not offered.
    for (const kind of ["node16-esm", "bundler"] as const) {
      if (!resolutions[kind].resolution?.isTypeScript) faults.push(`entry ${entry} has no types under ${kind}`);
    }
  }
  const ours = result.problems.filter(
    (problem) => !("resolutionKind" in problem) || /^(node16-esm|bundler)$/.test(problem.resolutionKind),
  );
  return [...faults, ...ours.map((problem) => `types: ${JSON.stringify(problem, withoutTrace)}`)];
}

function withoutTrace(key: string, value: unknown): unknown {
  return key === "trace" ? undefined : value;
}
