/**
 * Compiles kernels/*.c to WebAssembly and embeds the binaries, compressed, as TypeScript modules, so that no file path is needed at run
 * time: for engines whose relaxed SIMD fuses multiply-adds and for those where that is emulated, each for threads on shared memory
 * and for places that do not allow it. One more module has what TypeScript must know of them.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
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
/** The thread team: the only one that is different where memory is shared. */
const TEAM = "pool.c";

const COMPILING = [
  "--target=wasm32",
  "-std=gnu17",
  "-O3",
  "-ffp-contract=off",
  "-msimd128",
  "-mbulk-memory",
  "-mmutable-globals",
  "-ffreestanding",
  "-Wall",
  "-Werror",
  "-Wno-pass-failed",
  "-c",
];

const LINKING = [
  "--target=wasm32",
  "-nostdlib",
  "-Wl,--no-entry",
  "-Wl,-z,stack-size=262144",
  "-Wl,--export-dynamic",
  "-Wl,--export=__heap_base",
  "-Wl,--export=__stack_pointer",
  "-Wl,--import-memory",
  "-Wl,--strip-all", // the names of functions, a fiftieth of what a page loads
  `-Wl,--max-memory=${MAX_MEMORY}`,
];

/** Runs clang and returns the files that it wrote; its messages are on stderr already, so a failure only says that there was one. */
async function clang(args: readonly string[], input: Tree): Promise<Tree> {
  try {
    const output = await commands.clang([...args], input, { fetchProgress: () => {} });
    return Object.fromEntries(Object.entries(output ?? {}).filter(([name]) => !(name in input)));
  } catch (error) {
    console.error(error instanceof Exit ? "kernels: clang failed, see its messages above" : error);
    return process.exit(1);
  }
}

/** Objects of some sources. */
const compile = (flags: readonly string[], some: readonly string[]) => clang([...COMPILING, ...flags, ...some], files);

async function link(flags: readonly string[], objects: Tree): Promise<Uint8Array> {
  const { "kernels.wasm": binary } = await clang(
    [...LINKING, ...flags, "-o", "kernels.wasm", ...Object.keys(objects)],
    objects,
  );
  return binary as Uint8Array;
}

/** `f32x4.relaxed_madd`, as a disassembly shows its bytes. */
const RELAXED_MADD = "fd 85 02";

/**
 * Refuses every instruction of relaxed SIMD but the fused multiply-add, which is used where it proves to be one: the others may give
 * different bits on different processors, and clang makes some of them of ordinary code. The disassembler knows none of them.
 */
async function refuseOtherRelaxed(binary: Uint8Array): Promise<void> {
  const chunks: Uint8Array[] = [];
  const stdout = (bytes: Uint8Array | null) => void (bytes && chunks.push(bytes.slice()));
  await commands.objdump(["-d", "kernels.wasm"], { "kernels.wasm": binary }, { stdout, fetchProgress: () => {} });
  const unknown = Buffer.concat(chunks)
    .toString()
    .matchAll(/: ([0-9a-f ]*?)\s*<unknown>/g);
  const others = new Set(Array.from(unknown, ([, bytes]) => bytes!));
  if (!others.delete(RELAXED_MADD) || others.size > 0) {
    const found = [...others].join(", ") || "not even that";
    console.error(`kernels: expected ${RELAXED_MADD} alone of the opcodes that are unknown, got ${found}`);
    process.exit(1);
  }
}

function embed(name: string, binary: Uint8Array): void {
  const compressed = gzipSync(binary, { level: 9 });
  writeFileSync(
    new URL(`${name}.generated.ts`, target),
    `/** Built from kernels/ by scripts/build-kernels.ts; do not edit. */\nexport const kernels: string =\n  "${compressed.toString("base64")}";\n`,
  );
  console.log(
    `${name}: ${sources.length} files, ${binary.length} bytes of WebAssembly, ${compressed.length} compressed`,
  );
}

/** Compiles and embeds one choice of instructions, for memory that is shared and for memory that is not. */
async function build(
  name: string,
  flags: readonly string[],
  check?: (binary: Uint8Array) => Promise<void>,
): Promise<void> {
  const kernels = sources.filter((source) => source !== TEAM);
  const objects = await compile([...flags, "-matomics"], kernels);
  const shared = await link(["-Wl,--shared-memory"], {
    ...objects,
    ...(await compile([...flags, "-matomics"], [TEAM])),
  });
  const unshared = await link([], { ...objects, ...(await compile(flags, [TEAM])) });
  await check?.(shared);
  embed(name, shared);
  embed(`${name}-unshared`, unshared);
}

writeFileSync(typesTarget, module);
await build("relaxed", ["-mrelaxed-simd"], refuseOtherRelaxed);
// Emulated multiply-adds are calls, so that a tile of more rows would keep nothing in registers. They take nearly all of the time, so
// that small code, a quarter less to load, is as fast.
await build("emulating", ["-DTILE_ROWS=1", "-Os"]);
