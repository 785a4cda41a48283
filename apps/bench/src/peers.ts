/** Finds what there is to measure of neural networks: our backends on this machine, and the peers that are installed. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Measurement } from "./request.ts";
import { type Runner, runJson } from "./runner.ts";
import type { TokenizerRunner } from "./tokenizer-peers.ts";

/** Our backends, by what a table calls them. */
interface OwnRunners {
  /** Each at its fastest; the first is what others are compared with. */
  readonly backends: readonly Runner[];
  /** The native backend held to AVX2, where it would take something faster. */
  readonly slowerSets: readonly Runner[];
}

export interface Found {
  readonly own: OwnRunners;
  readonly torch: readonly Runner[];
  readonly tfjs: readonly Runner[];
  readonly onnx: readonly Runner[];
  /** Ours first. */
  readonly tokenizers: readonly TokenizerRunner[];
  /** `PyTorch 2.13.0`, ... */
  readonly versions: readonly string[];
  /** One line for everything that is not there. */
  readonly missing: readonly string[];
}

const startLimit = 60;
const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
const peerFolder = fileURLToPath(new URL("../peers/", import.meta.url));

/** @internal Our worker on one backend. */
export function ownRunner(backend: string, instructionSet?: string): Runner {
  return {
    name: `cellstate ${backend}${instructionSet === undefined ? "" : ` ${instructionSet}`}`,
    command: [process.execPath, "--conditions=@cellstate/source", worker, backend],
    ...(instructionSet === undefined ? {} : { env: { CELLSTATE_ISA: instructionSet } }),
  };
}

/**
 * What there is of our backends and other libraries for neural networks.
 *
 * @param backends  ours, the fastest first
 * @param python    a Python that may have PyTorch
 */
export function findEngines(backends: readonly string[], python: string): Found {
  const missing: string[] = [];
  const versions: string[] = [];
  const runs = (runner: Runner): boolean => {
    const peak = runJson<Measurement>(runner, [JSON.stringify({ task: "peak", threads: 1, seconds: 0 })], startLimit);
    if (typeof peak === "string") missing.push(`${runner.name}: ${peak}`);
    return typeof peak !== "string";
  };
  const own = backends.map((backend) => ownRunner(backend)).filter(runs);
  const slowerSets = backends.includes("native") && process.arch === "x64" ? [ownRunner("native", "avx2")] : [];

  const isThere = (name: string, command: readonly string[]): boolean => {
    const found = runJson<{ version: string }>({ command }, ["version"], startLimit);
    if (typeof found === "string") missing.push(`${name}: ${found}`);
    else versions.push(`${name} ${found.version}`);
    return typeof found !== "string";
  };
  const torch = [python, "-W", "ignore", `${peerFolder}torch_worker.py`];
  const tfjs = [process.execPath, `${peerFolder}tfjs.mjs`];
  const onnx = [process.execPath, `${peerFolder}onnx.mjs`];
  const hasTorch = isThere("PyTorch", torch);
  return {
    own: { backends: own, slowerSets: slowerSets.filter(runs) },
    torch: hasTorch ? torchRunners(torch) : [],
    tfjs: isThere("TensorFlow.js", tfjs) ? tfjsRunners(tfjs) : [],
    onnx: isThere("ONNX Runtime", onnx) ? onnxRunners(onnx, hasTorch ? torch : undefined, missing) : [],
    tokenizers: [],
    versions,
    missing,
  };
}

function torchRunners(command: readonly string[]): Runner[] {
  const preloads = [mklVendor(), tcmalloc()].filter((path) => path !== undefined);
  return [
    { name: "PyTorch stock", command: [...command, "stock"] },
    {
      name: "PyTorch best",
      command: [...command, "best"],
      ...(preloads.length > 0 ? { env: { LD_PRELOAD: preloads.join(" ") } } : {}),
    },
  ];
}

/** An allocator that keeps large blocks instead of returning their pages each time. */
function tcmalloc(): string | undefined {
  const folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
  const names = ["libtcmalloc_minimal.so.4", "libtcmalloc.so.4"];
  return folders.flatMap((folder) => names.map((name) => `${folder}/${name}`)).find((path) => existsSync(path));
}

/** On AMD, a library that lets MKL take its fastest kernels there; undefined without a compiler. */
function mklVendor(): string | undefined {
  if (process.platform !== "linux" || !cpus()[0]?.model.includes("AMD")) return undefined;
  const library = join(mkdtempSync(join(tmpdir(), "cellstate-bench-")), "mkl_vendor.so");
  const { status } = spawnSync("cc", ["-shared", "-fPIC", `${peerFolder}mkl_vendor.c`, "-o", library]);
  return status === 0 ? library : undefined;
}

function tfjsRunners(command: readonly string[]): Runner[] {
  return ["wasm", "cpu"].map((backend) => ({
    name: `TensorFlow.js ${backend}`,
    command: [...command, backend],
    isSlow: true,
  }));
}

/** ONNX Runtime needs a model, which PyTorch exports. */
function onnxRunners(command: readonly string[], torch: readonly string[] | undefined, missing: string[]): Runner[] {
  if (torch === undefined) {
    missing.push("ONNX Runtime: no model, which PyTorch would export");
    return [];
  }
  const model = join(mkdtempSync(join(tmpdir(), "cellstate-bench-")), "sentiment.onnx");
  const exported = runJson<{ model: string }>({ command: torch }, ["export", model], startLimit);
  if (typeof exported === "string") {
    missing.push(`ONNX Runtime: PyTorch did not export the model: ${exported}`);
    return [];
  }
  return [{ name: "ONNX Runtime", command: [...command, model] }];
}
