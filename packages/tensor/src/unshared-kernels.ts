/** The kernels for whoever puts them into a page of one file. */

/**
 * The builds of the WebAssembly kernels that need no shared memory, as base64 of gzip: for engines with fused multiply-adds, and for others,
 * which emulate them. A bundler that leaves them out of a script can have the page hold them once.
 */
export async function unsharedKernels(): Promise<Readonly<Record<"relaxed" | "emulating", string>>> {
  const [relaxed, emulating] = await Promise.all([
    import("./backends/wasm/relaxed-unshared.generated.ts"),
    import("./backends/wasm/emulating-unshared.generated.ts"),
  ]);
  return { relaxed: relaxed.kernels, emulating: emulating.kernels };
}
