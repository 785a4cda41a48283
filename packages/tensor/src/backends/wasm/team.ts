/** Compiles and starts the kernels: one instance for the caller and one for each worker thread, over shared memory. */
import { BackendError } from "../../errors.ts";
import type { Kernels, Team } from "../kernels/kernels.ts";
import { kernelsBase64 } from "./kernels.generated.ts";

/** What the module exports beside its kernels. */
interface Exports extends Kernels {
  readonly __heap_base: WebAssembly.Global;
  readonly __stack_pointer: WebAssembly.Global;
  set_workers(count: number): void;
  worker_loop(thread: number): void;
}

const INITIAL_PAGES = 256;
const MAX_PAGES = 65536;
const STACK_BYTES = 262144;

/** What runs in a worker: an instance with a stack of its own that waits for jobs forever. */
const WORKER_SOURCE = `
const { parentPort, workerData } = require("node:worker_threads");
const { module, memory, thread, stackTop } = workerData;
WebAssembly.instantiate(module, { env: { memory } }).then((instance) => {
  instance.exports.__stack_pointer.value = stackTop;
  parentPort.postMessage("ready");
  instance.exports.worker_loop(thread);
});
`;

/** Starts `threads - 1` workers beside the caller. */
export async function startWasmTeam(threads: number): Promise<Team> {
  if (typeof SharedArrayBuffer === "undefined") {
    throw new BackendError(
      "wasm: shared memory is not allowed here; in a browser, serve the page cross-origin isolated",
    );
  }
  const binary = Uint8Array.from(atob(kernelsBase64), (char) => char.charCodeAt(0));
  const module = await WebAssembly.compile(binary);
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES, shared: true });
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = instance.exports as unknown as Exports;
  const stacks = kernels.__heap_base.value as number;
  const workers = await startWorkers(module, memory, threads, stacks);
  kernels.set_workers(workers.length);
  return {
    name: "wasm",
    threads,
    kernels,
    memory,
    heapBase: stacks + threads * STACK_BYTES,
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

interface Stoppable {
  terminate(): Promise<number>;
}

async function startWorkers(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  threads: number,
  stacks: number,
): Promise<Stoppable[]> {
  if (threads === 1) return [];
  const { Worker } = await import("node:worker_threads");
  const starting = Array.from({ length: threads - 1 }, (_, i) => {
    const stackTop = stacks + (i + 1) * STACK_BYTES;
    const worker = new Worker(WORKER_SOURCE, { eval: true, workerData: { module, memory, thread: i + 1, stackTop } });
    return new Promise<Stoppable>((resolve, reject) => {
      worker.once("message", () => {
        worker.unref();
        resolve(worker);
      });
      worker.once("error", (error: Error) =>
        reject(new BackendError(`wasm: a worker thread did not start: ${error.message}`)),
      );
    });
  });
  return Promise.all(starting);
}
