/** Compiles and starts the kernels: one instance for the caller and one for each worker thread, over shared memory. */
import { BackendError } from "../../errors.ts";
import { kernelsBase64 } from "./kernels.generated.ts";

/** The C functions of kernels/*.c; every number is an address, a count or a scalar. */
export interface Kernels {
  readonly __heap_base: WebAssembly.Global;
  readonly __stack_pointer: WebAssembly.Global;
  set_workers(count: number): void;
  worker_loop(thread: number): void;
  fill(out: number, count: number, value: number): void;
  unary(op: number, x: number, out: number, count: number): void;
  unary_gradient(op: number, x: number, y: number, dy: number, dx: number, count: number): void;
  binary(
    op: number,
    a: number,
    b: number,
    out: number,
    runs: number,
    outer: number,
    aStride: number,
    bStride: number,
    count: number,
  ): void;
  copy_runs(
    from: number,
    to: number,
    runs: number,
    outer: number,
    fromStride: number,
    toStride: number,
    count: number,
    accumulate: number,
  ): void;
  reduce(isMax: number, x: number, out: number, outer: number, length: number, inner: number): void;
  sum_all(x: number, count: number): number;
  first_non_finite(x: number, count: number): number;
  packed_elements(k: number, n: number): number;
  matmul(
    a: number,
    b: number,
    out: number,
    packed: number,
    batch: number,
    m: number,
    n: number,
    k: number,
    transposeA: number,
    transposeB: number,
    sharedB: number,
  ): void;
  softmax(x: number, out: number, rows: number, classes: number, isLog: number): void;
  softmax_gradient(y: number, dy: number, dx: number, rows: number, classes: number, isLog: number): void;
  arg_max(x: number, out: number, rows: number, classes: number): void;
  top_k(x: number, values: number, indices: number, rows: number, classes: number, k: number): void;
  cross_entropy_forward(
    logits: number,
    targets: number,
    classWeights: number,
    logSumExps: number,
    losses: number,
    rows: number,
    classes: number,
    smoothing: number,
  ): void;
  cross_entropy_backward(
    logits: number,
    targets: number,
    classWeights: number,
    logSumExps: number,
    dLogits: number,
    rows: number,
    classes: number,
    smoothing: number,
    scale: number,
  ): void;
  gather_rows(table: number, ids: number, out: number, count: number, width: number): void;
  scatter_add_rows(rows: number, slots: number, out: number, count: number, width: number, outCount: number): void;
  dropout(
    x: number,
    out: number,
    batch: number,
    time: number,
    features: number,
    scale: number,
    threshold: number,
    key0: number,
    key1: number,
    step: number,
    examples: number,
    timeOffset: number,
  ): void;
  pool(
    kind: number,
    x: number,
    out: number,
    chosen: number,
    lengths: number,
    batch: number,
    time: number,
    features: number,
  ): void;
  pool_gradient(
    kind: number,
    dy: number,
    dx: number,
    chosen: number,
    lengths: number,
    batch: number,
    time: number,
    features: number,
  ): void;
  lstm_forward(args: number): void;
  lstm_backward(args: number): void;
  attention_forward(args: number): void;
  attention_backward(args: number): void;
  adam_step(args: number): void;
  sgd_step(
    parameter: number,
    gradient: number,
    slots: number,
    velocity: number,
    rows: number,
    width: number,
    scale: number,
    rate: number,
    momentum: number,
    l2: number,
    nesterov: number,
  ): void;
  sum_of_squares(values: number, rows: number, count: number, width: number): number;
}

export interface Team {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  /** First address that the caller may use: behind the kernels' data and all stacks. */
  readonly heapBase: number;
  stop(): Promise<void>;
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
export async function startTeam(threads: number): Promise<Team> {
  if (typeof SharedArrayBuffer === "undefined") {
    throw new BackendError(
      "wasm: shared memory is not allowed here; in a browser, serve the page cross-origin isolated",
    );
  }
  const binary = Uint8Array.from(atob(kernelsBase64), (char) => char.charCodeAt(0));
  const module = await WebAssembly.compile(binary);
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES, shared: true });
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  const stacks = kernels.__heap_base.value as number;
  const workers = await startWorkers(module, memory, threads, stacks);
  kernels.set_workers(workers.length);
  return {
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
