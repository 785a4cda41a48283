/**
 * Compiles the kernels into a Node-API addon with the system's C compiler: one object for each instruction set, chosen at run
 * time. Where there is no compiler the WebAssembly kernels do the work, so that is one line and no failure. What was built
 * from the same sources by the same compiler is not built again.
 *
 * With `--sanitize` it makes an addon of its own, in build/sanitize, that checks memory and undefined behaviour as it runs.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { include_dir } from "node-api-headers";
import { platformName } from "../src/backends/native/platform.ts";
import { generate } from "./kernels/generate.ts";

interface InstructionSet {
  /** Of the table in native/instruction-sets.h. */
  readonly table: string;
  readonly lanes: number;
  /**
   * Rows of the register tile: its accumulators, four vectors of a panel and one broadcast element fill the registers. Where fused
   * multiply-adds are emulated, by calls, nothing stays in registers.
   */
  readonly tileRows: 1 | 3 | 6;
  readonly flags: readonly string[];
}

const instructionSets: Record<string, readonly InstructionSet[]> = {
  x64: [
    { table: "x86_64", lanes: 4, tileRows: 1, flags: ["-march=x86-64"] },
    { table: "avx2", lanes: 8, tileRows: 3, flags: ["-march=x86-64", "-mavx2", "-mfma"] },
    {
      table: "avx512",
      lanes: 16,
      tileRows: 6,
      flags: ["-march=x86-64", "-mavx2", "-mfma", "-mavx512f", "-mavx512dq", "-mavx512vl", "-mavx512bw"],
    },
  ],
  arm64: [{ table: "neon", lanes: 4, tileRows: 6, flags: [] }],
};

const sanitizes = process.argv.includes("--sanitize");
const SANITIZERS = sanitizes ? ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"] : [];
const OPTIMIZATION = sanitizes ? ["-O1", "-g", "-fno-omit-frame-pointer", ...SANITIZERS] : ["-O3"];

const COMMON = ["-std=gnu17", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-pthread"];
const WARNINGS = [
  "-Wall",
  "-Wextra",
  "-Wno-psabi",
  "-Wno-unknown-warning-option",
  "-Wno-pass-failed",
  "-Werror=switch",
];

const folder = fileURLToPath(new URL(sanitizes ? "../build/sanitize/" : "../build/", import.meta.url));
const native = fileURLToPath(new URL("../native/", import.meta.url));
const kernels = fileURLToPath(new URL("../kernels/", import.meta.url));
const target = `${folder}${platformName()}.node`;
const builtFrom = `${target}.sha256`;
const { headers } = generate();

interface Compiler {
  readonly command: string;
  /** What it says about itself. */
  readonly version: string;
}

/** The compiler that `CC` names, or the first that is there. */
function findCompiler(): Compiler | undefined {
  const names = process.env.CC ? [process.env.CC] : ["cc", "gcc", "clang"];
  for (const command of names) {
    const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
    if (status === 0) return { command, version: stdout };
  }
  return undefined;
}

/** Changes with all that the addon is made from. */
function hashOfInputs(compiler: Compiler): string {
  const hash = createHash("sha256").update(JSON.stringify([compiler, process.arch]));
  for (const place of [kernels, native]) {
    for (const name of readdirSync(place).sort()) hash.update(name).update(readFileSync(place + name));
  }
  for (const header of Object.values(headers)) hash.update(header);
  return hash.update(readFileSync(fileURLToPath(import.meta.url))).digest("hex");
}

/** Compiles and links; returns what went wrong, if anything did. */
function build(compiler: Compiler, sets: readonly InstructionSet[]): string | undefined {
  const objects: string[] = [];
  for (const [name, text] of Object.entries(headers)) writeFileSync(folder + name, text);
  const compile = (...args: string[]): string | undefined => {
    const { status, stderr } = spawnSync(compiler.command, args, { encoding: "utf8" });
    return status === 0 ? undefined : stderr.trim().split("\n").slice(0, 5).join("\n");
  };
  const object = (name: string, args: readonly string[], source: string): string | undefined => {
    const path = `${folder}${name}.o`;
    objects.push(path);
    return compile(
      ...OPTIMIZATION,
      ...COMMON,
      ...WARNINGS,
      ...args,
      `-I${include_dir}`,
      `-I${folder}`,
      "-c",
      source,
      "-o",
      path,
    );
  };
  for (const { table, lanes, tileRows, flags } of sets) {
    const macros = [`INSTRUCTION_SET=${table}`, `LANES=${lanes}`, `TILE_ROWS=${tileRows}`];
    const problem = object(table, [...flags, ...macros.map((macro) => `-D${macro}`)], `${native}kernels.c`);
    if (problem) return problem;
  }
  const problem = object("addon", [], `${native}addon.c`) ?? object("pool", [], `${kernels}pool.c`);
  if (problem) return problem;
  const shared = process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"];
  const linking = compile(...SANITIZERS, ...shared, "-pthread", "-o", `${target}.new`, ...objects, "-lm");
  // Renamed, because a process may have the old one open.
  if (!linking) renameSync(`${target}.new`, target);
  for (const path of objects) rmSync(path, { force: true });
  return linking;
}

/** Builds unless that was done before, and says in one line what there is now. */
function run(): string {
  const sets = process.platform === "win32" ? undefined : instructionSets[process.arch];
  const compiler = sets && findCompiler();
  const problem = (reason: string): string => {
    for (const path of [target, builtFrom]) rmSync(path, { force: true }); // one of older kernels would have other bits
    return `not built, WebAssembly does the work: ${reason}`;
  };
  if (!sets) return problem(`the kernels are written for gcc and clang on Linux and macOS, not for ${platformName()}`);
  if (!compiler) return problem(`no C compiler (${process.env.CC ?? "cc, gcc or clang"}) runs; install one or set CC`);
  const tables = sets.map(({ table }) => table).join(", ");
  const hash = hashOfInputs(compiler);
  if (existsSync(target) && existsSync(builtFrom) && readFileSync(builtFrom, "utf8") === hash) {
    return `${tables} (built before)`;
  }
  const failure = build(compiler, sets);
  if (failure) return problem(failure);
  writeFileSync(builtFrom, hash);
  return tables;
}

mkdirSync(folder, { recursive: true });
console.log(`native: ${run()}`);
