/** Worker threads for the kernels, in Node and in browsers. */
import { BackendError } from "../../errors.ts";

/** What a worker needs to become a thread of the team. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** From 1. */
  readonly thread: number;
  /** Address of the end of its own stack. */
  readonly stackTop: number;
}

export interface RunningWorker {
  terminate(): unknown;
}

/** What runs in a worker: an instance with a stack of its own that waits for jobs forever. */
const SOURCE = `
const port = typeof require === "function" ? require("node:worker_threads").parentPort : self;
port.onmessage = async ({ data: { module, memory, thread, stackTop } }) => {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  exports.__stack_pointer.value = stackTop;
  port.postMessage("ready");
  exports.worker_loop(thread);
};
`;

/** Resolves when the worker is about to wait for its first job. @throws {BackendError} if it does not come so far */
export function startWorker(start: WorkerStart): Promise<RunningWorker> {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads"); // absent in a browser
  // Options of the process are not for the worker: `--input-type=module` would make a module of it.
  return node ? startInNode(new node.Worker(SOURCE, { eval: true, execArgv: [] }), start) : startInBrowser(start);
}

type NodeWorker = import("node:worker_threads").Worker;

function startInNode(worker: NodeWorker, start: WorkerStart): Promise<RunningWorker> {
  return new Promise((resolve, reject) => {
    worker.once("message", () => {
      worker.unref();
      resolve(worker);
    });
    worker.once("error", (error: Error) => reject(notStarted(error.message)));
    worker.postMessage(start);
  });
}

function startInBrowser(start: WorkerStart): Promise<RunningWorker> {
  const url = URL.createObjectURL(new Blob([SOURCE], { type: "text/javascript" }));
  const worker = new Worker(url);
  return new Promise<RunningWorker>((resolve, reject) => {
    worker.onmessage = () => resolve(worker);
    worker.onerror = ({ message }) => reject(notStarted(message));
    worker.postMessage(start);
  }).finally(() => URL.revokeObjectURL(url));
}

function notStarted(reason: string): BackendError {
  return new BackendError(`wasm: a worker thread did not start: ${reason}; use threads: 1`);
}
