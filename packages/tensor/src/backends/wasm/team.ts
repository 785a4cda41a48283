/** Compiles and starts the kernels: one instance for the caller and one for each worker thread, over shared memory. */
import { BackendError } from "../../errors.ts";
import { areCurrent, type Kernels, type Team } from "../kernels/kernels.ts";
import { createMemory } from "../kernels/memory.ts";
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
}

const STACK_BYTES = 262144;

/**
 * Starts `threads - 1` workers beside the caller. Where memory cannot be shared, as in a page that is not cross-origin
 * isolated, a build without threads gives the same bits on the caller alone; `threads` of the team is 1 then.
 *
 * @throws {BackendError} if the kernels were built from other sources
 */
export async function startWasmTeam({ threads, shared = isSharingAllowed() }: WasmTeamOptions): Promise<Team> {
  const { kernelsBase64 } = await (shared
    ? import("./kernels.generated.ts")
    : import("./kernels-unshared.generated.ts"));
  const module = await WebAssembly.compile(decodeBase64(kernelsBase64));
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
  kernels.set_workers(workers.length, mayCallerSleep() ? 0 : 1);
  return {
    name: "wasm",
    threads: workers.length + 1,
    kernels,
    memory,
    heapBase: stacks + (workers.length + 1) * STACK_BYTES,
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
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

/** A plain loop: ten times as fast at the start of a process as `Uint8Array.from` with a callback. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const chars = atob(text);
  const bytes = new Uint8Array(chars.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = chars.charCodeAt(i);
  return bytes;
}
