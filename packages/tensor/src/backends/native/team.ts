/** Opens the native kernels: an addon that the workspace compiles, or that a platform package brings. */
import { BackendError } from "../../errors.ts";
import type { MemoryGuard } from "../kernels/heap.ts";
import { areCurrent, type Kernels, type Team } from "../kernels/kernels.ts";
import { createMemory } from "../kernels/memory.ts";
import { fastestInstructionSet } from "./instruction-set-choice.ts";
import { platformName } from "./platform.ts";

/** What native/addon.c exports. */
interface Addon {
  /** Those that this processor runs, the fastest first. */
  instructionSets(): string[];
  open(instructionSet: string, memory: Uint8Array, threads: number): NativeSession;
}

interface NativeSession extends Kernels, Partial<MemoryGuard> {
  /** Jobs run on all threads, or, with 0, on the caller alone. */
  use_workers?(wanted: 0 | 1): void; // addons of former versions have none
  stop(): void;
}

/** The set that every processor of its kind has, slower by far. */
const EMULATING = "x86-64";

/** Address 0 means "none". */
const HEAP_BASE = 64;

/**
 * Starts the native kernels with `threads - 1` threads beside the caller.
 *
 * @param required  whether their absence is an error; otherwise it is `undefined`
 * @throws {BackendError} if they are required and not there, or `CELLSTATE_ISA` names an instruction set that is not
 */
export function startNativeTeam(threads: number, required: boolean): Team | undefined {
  const team = openTeam(threads);
  if (typeof team !== "string") return team;
  if (!required) return undefined;
  throw new BackendError(
    `native: ${team}; take the wasm backend, which gives the same bits, or, in a checkout, install a C compiler and run \`pnpm kernels\``,
  );
}

/** The team, or why there is none. */
function openTeam(threads: number): Team | string {
  const addon = loadAddon();
  if (typeof addon === "string") return addon;
  const memory = createMemory(true); // shared, because that never moves when it grows
  const instructions = chooseInstructionSet(addon, memory);
  const session = addon.open(instructions, new Uint8Array(memory.buffer), threads);
  const { stop, use_workers, forbid, permit, ...kernels } = session;
  if (!areCurrent(kernels) || use_workers === undefined) {
    stop();
    return "its addon was built from other sources";
  }
  const stopAndFree = async () => {
    stop();
    await turnOfEventLoop();
  };
  const guard = forbid && permit && { forbid, permit };
  return {
    name: "native",
    instructions,
    threads,
    kernels,
    memory,
    heapBase: HEAP_BASE,
    guard,
    useWorkers: (wanted) => use_workers(wanted ? 1 : 0),
    stop: stopAndFree,
  };
}

/** Node frees what belongs to the functions of former sessions then: 10 KB for each, which would pile up in a loop that never waits. */
function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** @internal Instruction sets that this build and processor have, the fastest first; none where there is no addon. */
export function nativeInstructionSets(): readonly string[] {
  const addon = loadAddon();
  return typeof addon === "string" ? [] : addon.instructionSets();
}

/** The one that `CELLSTATE_ISA` names, or else the fastest. */
function chooseInstructionSet(addon: Addon, memory: WebAssembly.Memory): string {
  const available = addon.instructionSets();
  const forced = process.env.CELLSTATE_ISA;
  if (!forced) return measuredInstructionSet(addon, available, memory);
  if (!available.includes(forced)) {
    throw new BackendError(`native: expected CELLSTATE_ISA to be one of ${available.join(", ")}, got ${forced}`);
  }
  return forced;
}

/** What was measured in this process. */
let measured: string | undefined;

/** @param memory  of a session to come, which nobody uses yet */
function measuredInstructionSet(addon: Addon, available: readonly string[], memory: WebAssembly.Memory): string {
  const names = available.filter((name) => name !== EMULATING);
  if (names.length < 2) return available[0]!;
  if (measured !== undefined) return measured;
  const sessions = names.map((name) => addon.open(name, new Uint8Array(memory.buffer), 1));
  if (!sessions.every(areCurrent)) return available[0]!;
  const candidates = sessions.map((session, i) => ({ name: names[i]!, run: () => multiplyOnce(session) }));
  measured = fastestInstructionSet(candidates, () => performance.now());
  for (const session of sessions) session.stop();
  return measured;
}

/** A product of the kind that layers do all the time, whose sides fit into a processor's cache. */
function multiplyOnce({ matmul }: NativeSession): void {
  const [m, n, k] = [64, 256, 256];
  const bytes = 4 * k * n;
  const [a, b, out, packed] = [1, 2, 3, 4].map((place) => place * bytes) as [number, number, number, number];
  matmul(a, b, 0, out, packed, 0, 1, m, n, k, 0, 0, 1, 0, 0);
}

/** The addon, or why there is none. */
function loadAddon(): Addon | string {
  const nodeModule = globalThis.process?.getBuiltinModule?.("node:module"); // absent in a browser
  if (nodeModule === undefined) return "there are no addons outside Node";
  const require = nodeModule.createRequire(import.meta.url);
  const platform = platformName();
  const given = process.env.CELLSTATE_ADDON;
  for (const place of given ? [given] : [`../../../build/${platform}.node`, `@cellstate/tensor-${platform}`]) {
    try {
      return require(place) as Addon;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "MODULE_NOT_FOUND") return `its addon does not load: ${message}`;
    }
  }
  return `there is no addon for ${platform}`;
}
