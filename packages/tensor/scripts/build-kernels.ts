/**
 * Compiles kernels/*.c to WebAssembly and embeds the binaries as TypeScript modules, so that no file path is needed at run time:
 * one for threads on shared memory, one for places that do not allow it. A third module has what TypeScript must know of them.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { commands, Exit, type Tree } from "@yowasp/clang";
import { generate } from "./kernels/generate.ts";

const kernels = new URL("../kernels/", import.meta.url);
const target = new URL("../src/backends/wasm/", import.meta.url);
const typesTarget = new URL("../src/backends/kernels/kernels.generated.ts", import.meta.url);

/** 4 GiB: the most that 32-bit addresses reach; only touched pages take memory. */
const MAX_MEMORY = 65536 * 65536;

const { headers, module } = generate();
const names = readdirSync(kernels).sort();
const files: Tree = {
  ...headers,
  ...Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, kernels), "utf8")])),
};
const sources = names.filter((name) => name.endsWith(".c"));

const COMMON = [
  "--target=wasm32",
  "-std=gnu17",
  "-O3",
  "-ffp-contract=off",
  "-msimd128",
  "-mbulk-memory",
  "-mmutable-globals",
  "-nostdlib",
  "-ffreestanding",
  "-Wall",
  "-Werror",
  "-Wno-pass-failed",
  "-Wl,--no-entry",
  "-Wl,-z,stack-size=262144",
  "-Wl,--export-dynamic",
  "-Wl,--export=__heap_base",
  "-Wl,--export=__stack_pointer",
  "-Wl,--import-memory",
  `-Wl,--max-memory=${MAX_MEMORY}`,
];

/** Runs clang; its messages are on stderr already, so a failure only says that there was one. */
async function compile(...flags: string[]): Promise<Uint8Array> {
  try {
    const output = await commands.clang([...COMMON, ...flags, "-o", "kernels.wasm", ...sources], files, {
      fetchProgress: () => {},
    });
    const binary = output?.["kernels.wasm"];
    if (binary instanceof Uint8Array) return binary;
    console.error("kernels: clang produced no kernels.wasm");
  } catch (error) {
    console.error(error instanceof Exit ? "kernels: clang failed, see its messages above" : error);
  }
  return process.exit(1);
}

function embed(name: string, binary: Uint8Array): void {
  const base64 = Buffer.from(binary).toString("base64");
  writeFileSync(
    new URL(`${name}.generated.ts`, target),
    `/** Built from kernels/ by scripts/build-kernels.ts; do not edit. */\nexport const kernelsBase64 =\n  "${base64}";\n`,
  );
  console.log(`${name}: ${sources.length} files, ${binary.length} bytes of WebAssembly`);
}

writeFileSync(typesTarget, module);
embed("kernels", await compile("-matomics", "-Wl,--shared-memory"));
embed("kernels-unshared", await compile());
