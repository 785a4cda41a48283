/** Manifests of the packages that bring a prebuilt addon, one for each platform, as npm chooses among them by os, cpu and libc. */

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly [key: string]: unknown;
}

interface Platform {
  readonly os: string;
  readonly cpu: string;
  /** Of Linux: others than this one take WebAssembly. */
  readonly libc?: string;
}

/** Platforms with prebuilt addons, by the names of src/backends/native/platform.ts. */
export const platforms: Readonly<Record<string, Platform>> = {
  "linux-x64": { os: "linux", cpu: "x64", libc: "glibc" },
  "linux-arm64": { os: "linux", cpu: "arm64", libc: "glibc" },
  "darwin-x64": { os: "darwin", cpu: "x64" },
  "darwin-arm64": { os: "darwin", cpu: "arm64" },
};

/** File name of the addon inside its package. */
export const addonFile = "cellstate.node";

/** The manifest of the package with the addon of `name`, of the same version as the main package. */
export function platformManifest(main: Manifest, name: string): Manifest {
  const platform = platforms[name];
  if (platform === undefined) {
    throw new Error(`pack-platform: expected one of ${Object.keys(platforms).join(", ")}, got ${name}`);
  }
  const { os, cpu, libc } = platform;
  return {
    name: `${main.name}-${name}`,
    version: main.version,
    description: `Native kernels of ${main.name} for ${name}`,
    license: main.license,
    main: addonFile,
    files: [addonFile],
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
  };
}

/** The main manifest as it is published: each platform package is optional, so that others go without. */
export function withPlatformPackages(main: Manifest): Manifest {
  const names = Object.keys(platforms).map((name) => [`${main.name}-${name}`, main.version]);
  return { ...main, optionalDependencies: Object.fromEntries(names) };
}
