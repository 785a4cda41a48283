/** Makes the kernels do what they never should, so that `check-sanitize.ts` knows that its build would notice. */

import { Heap } from "../src/backends/kernels/heap.ts";
import { startNativeTeam } from "../src/backends/native/team.ts";

const { kernels, memory, heapBase, guard } = startNativeTeam(1, true)!;
const heap = new Heap(memory, heapBase, guard);
const [first, second] = [heap.allocate(64), heap.allocate(64)];

const faults: Readonly<Record<string, () => unknown>> = {
  none: () => kernels.fill(first, 16, 1),
  "an element behind a tensor": () => kernels.fill(first, 17, 1),
  "all up to a tensor's neighbour": () => kernels.fill(first, (second - first) / 4 + 1, 1),
  "a tensor that was freed": () => {
    heap.free(first, 64);
    kernels.fill(first, 16, 1);
  },
  "an address between two elements": () => kernels.fill(first + 2, 8, 1),
};

const wanted = process.argv[2];
if (wanted === undefined) console.log(Object.keys(faults).join("\n"));
else faults[wanted]!();
