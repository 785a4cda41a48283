/** Compiles and starts the kernels: one instance for the caller and one for each worker thread, over shared memory. */
import { BackendError } from "../../errors.ts";
import { areCurrent, type Kernels, type Team } from "../kernels/kernels.ts";
import { createMemory } from "../kernels/memory.ts";
import { isRelaxedMaddFused } from "./relaxed-madd.ts";
import { startWorker } from "./workers.ts";

/** What the module exports beside its kernels. */
interface Exports extends Kernels {
  readonly __heap_base: WebAssembly.Global;
  readonly __stack_pointer: WebAssembly.Global;
  set_workers(count: number, isCallerAwake: number): void;
  worker_loop(thread: number): void;
}

export interface WasmTeamOptions {
  /** Integer >= 1. */
  readonly threads: number;
  /** Whether to share memory between threads. Default: where it is allowed. */
  readonly shared?: boolean;
  /** Whether to emulate fused multiply-adds. Default: where the engine has none. */
  readonly emulating?: boolean;
}

const STACK_BYTES = 262144;

/**
 * Starts `threads - 1` workers beside the caller. Where memory cannot be shared, as in a page that is not cross-origin
 * isolated, a build without threads gives the same bits on the caller alone; `threads` of the team is 1 then. Likewise there is a
 * slower build for engines without fused multiply-adds.
 *
 * @throws {BackendError} if the kernels were built from other sources
 */
export async function startWasmTeam({
  threads,
  shared = isSharingAllowed(),
  emulating = !isRelaxedMaddFused(),
}: WasmTeamOptions): Promise<Team> {
  const module = await compiledKernels(shared, emulating);
  const memory = createMemory(shared);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = instance.exports as unknown as Exports;
  if (!areCurrent(kernels)) {
    throw new BackendError("wasm: its kernels were built from other sources; run `pnpm kernels`");
  }
  const stacks = kernels.__heap_base.value as number;
  const workerCount = shared ? threads - 1 : 0;
  const workers = await Promise.all(
    Array.from({ length: workerCount }, (_, i) =>
      startWorker({ module, memory, thread: i + 1, stackTop: stacks + (i + 1) * STACK_BYTES }),
    ),
  );
  const useWorkers = (wanted: boolean) => kernels.set_workers(wanted ? workers.length : 0, mayCallerSleep() ? 0 : 1);
  useWorkers(true);
  return {
    name: "wasm",
    instructions: emulating ? "SIMD without fused multiply-add" : "relaxed SIMD",
    threads: workers.length + 1,
    kernels,
    memory,
    heapBase: stacks + (workers.length + 1) * STACK_BYTES,
    useWorkers,
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** By build; a module holds no state, so that all sessions can share it. */
const modules = new Map<string, WebAssembly.Module>();

/** Compiles a build for the first session that takes it. */
async function compiledKernels(shared: boolean, emulating: boolean): Promise<WebAssembly.Module> {
  const build = `${shared} ${emulating}`;
  const known = modules.get(build);
  if (known !== undefined) return known;
  const binary = await unzip(decodeBase64(await embeddedKernels(shared, emulating)));
  const module = await WebAssembly.compile(binary);
  modules.set(build, module);
  return module;
}

/** Base64 of one of the builds. */
async function embeddedKernels(shared: boolean, emulating: boolean): Promise<string> {
  const { kernels } = await (emulating
    ? shared
      ? import("./emulating.generated.ts")
      : import("./emulating-unshared.generated.ts")
    : shared
      ? import("./relaxed.generated.ts")
      : import("./relaxed-unshared.generated.ts"));
  return kernels;
}

/** Browsers share memory between the threads of pages that are cross-origin isolated only. */
function isSharingAllowed(): boolean {
  return (
    typeof SharedArrayBuffer !== "undefined" &&
    (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false
  );
}

/** Browsers let no page's main thread wait. */
function mayCallerSleep(): boolean {
  return typeof document === "undefined";
}

/** In Node by zlib, since the first use of a stream takes ten times as long. */
async function unzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | ArrayBuffer> {
  const zlib = globalThis.process?.getBuiltinModule?.("node:zlib"); // absent in a browser
  if (zlib !== undefined) return zlib.gunzipSync(bytes);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/** A plain loop: ten times as fast at the start of a process as `Uint8Array.from` with a callback. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const chars = atob(text);
  const bytes = new Uint8Array(chars.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = chars.charCodeAt(i);
  return bytes;
}
