/** The memory that kernels work in. WebAssembly's also serves the native ones: shared, it grows and never moves. */
import { BackendError } from "../../errors.ts";

const INITIAL_PAGES = 256;
/** 4 GiB: what 32-bit addresses reach. Only pages that are touched take memory. */
const MAX_PAGES = 65536;

/** @throws {BackendError} if the engine or a limit of the process refuses the address space */
export function createMemory(shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES, shared });
  } catch (error) {
    throw new BackendError(
      `out of memory: 4 GiB of address space were refused (${(error as Error).message}); raise the process's limit of virtual memory, or use the reference backend`,
    );
  }
}
