/** The C kernels as JavaScript sees them, compiled for WebAssembly or for this processor. */
import type { BackendName } from "../../backend.ts";
import type { MemoryGuard } from "./heap.ts";
import { KERNEL_INTERFACE, type Kernels } from "./kernels.generated.ts";

export type { Kernels };

/** Kernels, the memory that their addresses lie in, and the threads behind them. */
export interface Team {
  readonly name: Exclude<BackendName, "reference">;
  /** What the kernels were compiled for. */
  readonly instructions: string;
  readonly threads: number;
  readonly kernels: Kernels;
  /** WebAssembly memory for the native kernels too: it grows and never moves. */
  readonly memory: WebAssembly.Memory;
  /** First address that the caller may use: behind the kernels' data and all stacks. */
  readonly heapBase: number;
  /** Where the kernels are built to check their accesses. */
  readonly guard?: MemoryGuard | undefined;
  /** Whether jobs run on all threads, as they do at first, or on the caller alone. */
  useWorkers(wanted: boolean): void;
  stop(): Promise<void>;
}

/** Whether kernels were built from the definition that the TypeScript side was made of; others would read arguments wrongly. */
export function areCurrent(kernels: Partial<Kernels>): boolean {
  return kernels.kernel_interface?.() === KERNEL_INTERFACE;
}
