/** A release of a throw-away copy of this checkout: built, versioned and published by changesets as the release workflow does. */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Place, run } from "./command.ts";
import type { Registry } from "./registry.ts";

/** A package as its manifest says it. */
export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  exports?: Record<string, unknown>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  publishConfig?: { provenance?: boolean; exports?: Record<string, unknown> };
}

/** Packages below the root. */
const MANIFESTS = ["packages/*/package.json", "apps/*/package.json", "packages/tensor/platforms/*/package.json"];

/**
 * Copies what git knows or would know, with the kernels as they were compiled, into a repository of its own.
 *
 * Its `node_modules` are links to this checkout's, so that nothing is installed twice.
 */
export async function copyCheckout(root: string, copy: string): Promise<void> {
  const listed = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], here(root));
  const compiled = globSync(["packages/tensor/build/*.node", "packages/tensor/src/**/*.generated.ts"], { cwd: root });
  for (const path of [...listed.split("\0"), ...compiled]) {
    if (path === "" || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { verbatimSymlinks: true });
  }
  for (const folder of manifestsIn(copy).map(dirname)) {
    const modules = join(folder, "node_modules");
    if (existsSync(join(root, modules))) {
      cpSync(join(root, modules), join(copy, modules), { recursive: true, verbatimSymlinks: true });
    }
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  // The copy must not install anything: its modules are those of this checkout.
  const workspace = join(copy, "pnpm-workspace.yaml");
  writeFileSync(
    workspace,
    readFileSync(workspace, "utf8").replace(/^verifyDepsBeforeRun:.*$/m, "verifyDepsBeforeRun: false"),
  );

  const git = ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost", "-c", "commit.gpgsign=false"];
  await run("git", ["init", "-q", "-b", "main"], here(copy));
  await run("git", ["add", "-A"], here(copy));
  await run("git", [...git, "commit", "-q", "-m", "rehearsal"], here(copy));
}

/** Builds every package in the copy; what the checkout's cache has is not built again. */
export async function buildPackages(root: string, copy: string): Promise<void> {
  const cache = process.env.TURBO_CACHE_DIR ?? join(root, ".turbo/cache");
  const place = { folder: copy, env: { ...process.env, TURBO_CACHE_DIR: cache } };
  await run("pnpm", ["build", "--output-logs=errors-only"], place, 900);
}

/** What was published. */
export interface Release {
  /** By name. */
  readonly packages: ReadonlyMap<string, Manifest>;
  /** Platforms whose addon was not built on this machine. */
  readonly absent: readonly string[];
}

/** Versions the packages in the copy by their changesets, and publishes them. */
export async function publishPackages(copy: string, { npmrc }: Registry): Promise<Release> {
  writeFileSync(join(copy, ".npmrc"), npmrc);
  const env = { ...process.env, CELLSTATE_BUILT: "1", npm_config_userconfig: join(copy, ".npmrc") };
  const changeset = join(copy, "node_modules/@changesets/cli/bin.js");
  await run(process.execPath, [changeset, "version"], { folder: copy, env });
  const absent = withholdAbsent(copy);
  await run(process.execPath, [changeset, "publish", "--no-git-tag"], { folder: copy, env });
  const manifests = manifestsIn(copy).map((path) => readManifest(copy, path));
  const published = manifests.filter((manifest) => manifest.private !== true);
  return { packages: new Map(published.map((manifest) => [manifest.name, manifest])), absent };
}

/**
 * Takes packages out of the copy whose addon only another machine can build, and the signatures, which only the release workflow can
 * give. What depends on such a package still names its version, so that it is published with the manifest that it will have.
 *
 * @returns the platforms that are not published
 */
function withholdAbsent(copy: string): string[] {
  const absent = manifestsIn(copy).flatMap((path) => {
    const platform = /platforms\/([^/]+)\//.exec(path)?.[1];
    if (platform === undefined || existsSync(join(copy, `packages/tensor/build/${platform}.node`))) return [];
    rmSync(join(copy, dirname(path)), { recursive: true });
    return [platform];
  });
  for (const path of manifestsIn(copy)) {
    const manifest = readManifest(copy, path);
    for (const platform of absent) {
      const name = `${manifest.name}-${platform}`;
      if (manifest.optionalDependencies?.[name] !== undefined) manifest.optionalDependencies[name] = manifest.version;
    }
    if (manifest.publishConfig !== undefined) delete manifest.publishConfig.provenance;
    writeFileSync(join(copy, path), `${JSON.stringify(manifest, null, 2)}\n`);
  }
  return absent;
}

/** Paths of the manifests below a root, but for its own. */
function manifestsIn(root: string): string[] {
  return [...globSync(MANIFESTS, { cwd: root }), "datasets/package.json"].sort();
}

function readManifest(root: string, path: string): Manifest {
  return JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
}

function here(folder: string): Place {
  return { folder, env: process.env };
}
