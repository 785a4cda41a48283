/** Packs every publishable package as npm would get it, and checks what is inside: fields, entries, types, files. Needs `pnpm build`. */
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
  readonly exports?: unknown;
  readonly [field: string]: unknown;
}

const repository = "git+https://github.com/cellstate/cellstate.git";
/** The one statement of the Node versions that packages run on; README.md, CONTRIBUTING.md and the rehearsal say the same. */
const engines = { node: ">=22.12" };
/** Scripts that npm would run on the machine of whoever installs the package. */
const installScripts = ["preinstall", "install", "postinstall", "prepare"];

/** How entries are resolved; the old way, which knows no entries, is not among them. */
const kinds = ["node16-esm", "node16-cjs", "bundler"] as const;
const workspaces = [
  "{packages,apps}/*/package.json",
  "packages/tensor/platforms/*/package.json",
  "datasets/package.json",
];
const root = fileURLToPath(new URL("..", import.meta.url));
const packed = mkdtempSync(join(tmpdir(), "cellstate-packed-"));
const problems: string[] = [];
try {
  for (const path of glob.sync(workspaces, { cwd: root }).sort()) {
    const folder = dirname(path);
    const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
    if (manifest.private) continue;
    const faults = fieldFaults(folder, manifest);
    // An addon is there only for the platform that built it.
    const forPlatform = "cpu" in manifest;
    if (!forPlatform) {
      const tarball = pack(join(root, folder), manifest);
      faults.push(...(await entryFaults(tarball)), ...(await contentFaults(tarball, manifest)));
    }
    problems.push(...faults.map((fault) => `${manifest.name}: ${fault}`));
  }
} finally {
  rmSync(packed, { recursive: true });
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

/** What is wrong with the fields that npm shows and obeys. */
function fieldFaults(folder: string, manifest: Manifest): string[] {
  const wanted: Record<string, unknown> = {
    repository: { type: "git", url: repository, directory: folder },
    bugs: "https://github.com/cellstate/cellstate/issues",
    engines,
  };
  const faults = Object.entries(wanted)
    .filter(([field, value]) => JSON.stringify(manifest[field]) !== JSON.stringify(value))
    .map(([field, value]) => `expected ${field} ${JSON.stringify(value)}, got ${JSON.stringify(manifest[field])}`);
  for (const field of ["description", "license", "homepage"]) {
    if (typeof manifest[field] !== "string") faults.push(`has no ${field}`);
  }
  if (!Array.isArray(manifest.keywords) || manifest.keywords.length === 0) faults.push("has no keywords");
  if (hasCode(manifest) && !("sideEffects" in manifest)) faults.push("does not say what has side effects: sideEffects");
  const publish = (manifest.publishConfig ?? {}) as Record<string, unknown>;
  if (publish.access !== "public") faults.push("publishConfig.access is not public");
  for (const entry of unpublished(manifest)) faults.push(`publishConfig.exports lacks ${entry}`);
  if (publish.provenance !== true) faults.push("publishConfig.provenance is not true");
  const scripts = (manifest.scripts ?? {}) as Record<string, unknown>;
  if (scripts.prepack === undefined) faults.push("has no script prepack, which makes what is published");
  faults.push(...installScripts.filter((name) => name in scripts).map((name) => `runs ${name} where it is installed`));
  return faults;
}

/** Entries with built files that \`publishConfig.exports\`, which takes the place of \`exports\`, leaves out. */
function unpublished({ exports = {}, publishConfig = {} }: Manifest): string[] {
  const published = (publishConfig as Manifest).exports ?? exports;
  return Object.entries(exports as Record<string, unknown>)
    .filter(([, target]) => typeof target !== "object" || "default" in (target as object))
    .map(([entry]) => entry)
    .filter((entry) => !(entry in (published as object)));
}

/** Whether a package has something to import. */
function hasCode({ exports }: Manifest): boolean {
  return typeof exports === "object" && exports !== null && "." in exports;
}

/** The bytes that would be published; pnpm replaces the versions that the workspace leaves open. */
function pack(folder: string, { name, version }: Manifest): Uint8Array<ArrayBuffer> {
  const pnpm = process.platform === "win32" ? "pnpm.cmd" : "pnpm";
  execFileSync(pnpm, ["pack", "--pack-destination", packed], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CELLSTATE_BUILT: "1" },
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

/** Whether every entry resolves with its types, by `import`, by `require` and for bundlers, and only what users need is inside. */
async function contentFaults(tarball: Uint8Array, manifest: Manifest): Promise<string[]> {
  const contents = createPackageFromTarballData(tarball);
  const files = contents.listFiles().map((file) => file.replace(`/node_modules/${manifest.name}/`, ""));
  const tests = files.filter((file) => /\.test\.|(^|\/)(src|test|golden|bench|browser|scripts)\//.test(file));
  const faults =
    tests.length === 0
      ? []
      : [`publishes ${tests.length} files that users do not need, among them ${tests[0]}; see "files"`];
  for (const file of ["LICENSE", "README.md"]) if (!files.includes(file)) faults.push(`publishes no ${file}`);
  if (!hasCode(manifest)) return faults;
  const result = await checkPackage(contents);
  if (result.types === false) return [...faults, "has no types"];
  for (const [entry, { resolutions }] of Object.entries(result.entrypoints)) {
    if (/\.(json|\*)$|\*/.test(entry)) continue;
    for (const kind of kinds) {
      if (!resolutions[kind].resolution?.isTypeScript) faults.push(`entry ${entry} has no types under ${kind}`);
    }
  }
  const ours = result.problems.filter(
    (problem) =>
      // Node requires modules too, from 22.12 on.
      problem.kind !== "CJSResolvesToESM" &&
      (!("resolutionKind" in problem) || kinds.some((kind) => kind === problem.resolutionKind)) &&
      !("entrypoint" in problem && /json$|\*/.test(problem.entrypoint)),
  );
  return [...faults, ...ours.map((problem) => `types: ${JSON.stringify(problem, withoutTrace)}`)];
}

function withoutTrace(key: string, value: unknown): unknown {
  return key === "trace" ? undefined : value;
}
