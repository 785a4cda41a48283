/** The name that an addon is built, published and looked for under, such as `linux-x64` or `darwin-arm64`. */

/**
 * The name for this process. Linux without glibc has another one, since an addon that was linked with glibc must not be loaded
 * there.
 */
export function platformName(): string {
  const { platform, arch } = process;
  return platform === "linux" && !hasGlibc() ? `linux-${arch}-musl` : `${platform}-${arch}`;
}

function hasGlibc(): boolean {
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const before = report.excludeNetwork ?? false;
  report.excludeNetwork = true; // looking up the names of network peers can take seconds
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  report.excludeNetwork = before;
  return header.glibcVersionRuntime !== undefined;
}
