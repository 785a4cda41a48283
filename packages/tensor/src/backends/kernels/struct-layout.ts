/** How a C struct lies in the heap; kernels.generated.ts has one for each struct of kernels/kernels.h. */
import type { Heap } from "./heap.ts";

/** `Fields` hold numbers, addresses (0 is null) and the fields of structs inside. */
export interface StructLayout<Fields> {
  /** In elements of 4 bytes, as is `at`. */
  readonly size: number;
  write(heap: Heap, at: number, fields: Fields): void;
}
