/** Compiles kernels/*.c to WebAssembly and embeds the binary as a TypeScript module, so that no file path is needed at run time. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { commands, Exit, type Tree } from "@yowasp/clang";

const kernels = new URL("../kernels/", import.meta.url);
const target = new URL("../src/backends/wasm/kernels.generated.ts", import.meta.url);

/** 4 GiB: the most that 32-bit addresses reach; only touched pages take memory. */
const MAX_MEMORY = 65536 * 65536;

const names = readdirSync(kernels).sort();
const files: Tree = Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, kernels), "utf8")]));
const sources = names.filter((name) => name.endsWith(".c"));

const output = await compile(
  [
    "--target=wasm32",
    "-std=gnu17",
    "-O3",
    "-ffp-contract=off",
    "-msimd128",
    "-matomics",
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
    "-Wl,--shared-memory",
    `-Wl,--max-memory=${MAX_MEMORY}`,
    "-o",
    "kernels.wasm",
    ...sources,
  ],
  files,
);

/** Runs clang; its messages are on stderr already, so a failure only says that there was one. */
async function compile(args: string[], tree: Tree): Promise<Tree | undefined> {
  try {
    return await commands.clang(args, tree, { fetchProgress: () => {} });
  } catch (error) {
    console.error(error instanceof Exit ? "kernels: clang failed, see its messages above" : error);
    return process.exit(1);
  }
}

const binary = output?.["kernels.wasm"];
if (!(binary instanceof Uint8Array)) throw new Error("clang produced no kernels.wasm");
const base64 = Buffer.from(binary).toString("base64");
writeFileSync(
  target,
  `/** Built from kernels/ by scripts/build-kernels.ts; do not edit. */\nexport const kernelsBase64 =\n  "${base64}";\n`,
);
console.log(`kernels: ${sources.length} files, ${binary.length} bytes of WebAssembly`);
