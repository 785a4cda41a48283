/**
 * Compiles the kernels into a Node-API addon with the system's C compiler: one object for each instruction set, chosen at run
 * time. Where there is no compiler the WebAssembly kernels do the work, so that is one line and no failure.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { include_dir } from "node-api-headers";

interface InstructionSet {
  /** Of the table in native/instruction-sets.h. */
  readonly table: string;
  readonly lanes: number;
  /** Rows of the register tile: its accumulators, four vectors of a panel and one broadcast element fill the registers. */
  readonly tileRows: 2 | 3 | 6;
  readonly flags: readonly string[];
}

const instructionSets: Record<string, readonly InstructionSet[]> = {
  x64: [
    { table: "x86_64", lanes: 4, tileRows: 2, flags: ["-march=x86-64"] },
    { table: "avx2", lanes: 8, tileRows: 3, flags: ["-march=x86-64", "-mavx2"] },
    {
      table: "avx512",
      lanes: 16,
      tileRows: 6,
      flags: ["-march=x86-64", "-mavx2", "-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw"],
    },
  ],
  arm64: [{ table: "neon", lanes: 4, tileRows: 6, flags: [] }],
};

const COMMON = ["-std=gnu17", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-pthread"];
const WARNINGS = ["-Wall", "-Wextra", "-Wno-psabi", "-Wno-unknown-warning-option", "-Wno-pass-failed"];

const folder = fileURLToPath(new URL("../build/", import.meta.url));
const native = fileURLToPath(new URL("../native/", import.meta.url));
const kernels = fileURLToPath(new URL("../kernels/", import.meta.url));
const compiler = process.env.CC ?? "cc";
const target = `${folder}${process.platform}-${process.arch}.node`;

/** Runs the compiler and returns what went wrong, if anything did. */
function compile(...args: string[]): string | undefined {
  const { error, status, stderr } = spawnSync(compiler, args, { encoding: "utf8" });
  if (error)
    return `${compiler} does not run (${(error as NodeJS.ErrnoException).code}); install a C compiler or set CC`;
  return status === 0 ? undefined : stderr.trim().split("\n").slice(0, 5).join("\n");
}

/** Compiles and links; returns what went wrong, if anything did. */
function build(sets: readonly InstructionSet[]): string | undefined {
  const objects: string[] = [];
  const object = (name: string, args: readonly string[], source: string): string | undefined => {
    const path = `${folder}${name}.o`;
    objects.push(path);
    return compile(...COMMON, ...WARNINGS, ...args, `-I${include_dir}`, "-c", source, "-o", path);
  };
  for (const { table, lanes, tileRows, flags } of sets) {
    const macros = [`INSTRUCTION_SET=${table}`, `LANES=${lanes}`, `TILE_ROWS=${tileRows}`];
    const problem = object(table, [...flags, ...macros.map((macro) => `-D${macro}`)], `${native}kernels.c`);
    if (problem) return problem;
  }
  const problem = object("addon", [], `${native}addon.c`) ?? object("pool", [], `${kernels}pool.c`);
  if (problem) return problem;
  const shared = process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"];
  const linking = compile(...shared, "-pthread", "-o", `${target}.new`, ...objects, "-lm");
  // Renamed, because a process may have the old one open.
  if (!linking) renameSync(`${target}.new`, target);
  for (const path of objects) rmSync(path, { force: true });
  return linking;
}

const sets = process.platform === "win32" ? undefined : instructionSets[process.arch];
mkdirSync(folder, { recursive: true });
const problem = sets ? build(sets) : `no native kernels for ${process.platform} on ${process.arch}`;
if (problem) rmSync(target, { force: true }); // one of older kernels would have other bits
const outcome = problem
  ? `not built, WebAssembly does the work: ${problem}`
  : sets!.map(({ table }) => table).join(", ");
writeFileSync(`${folder}outcome.txt`, `${outcome}\n`); // an output for the task's cache in either case
console.log(`native: ${outcome}`);
