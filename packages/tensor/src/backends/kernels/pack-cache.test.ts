import { expect, test } from "vitest";
import { Heap } from "./heap.ts";
import { PackCache } from "./pack-cache.ts";

const weight = { dtype: "float32", length: 6 } as const;
const makeHeap = () => new Heap(new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }), 64);

test("a packed form is made once for each use and kept until its parameter is dropped", () => {
  const packs = new PackCache(makeHeap());
  const first = packs.find(weight, "forward", 16);
  expect(first.isPacked).toBe(false);
  expect(packs.find(weight, "forward", 16)).toEqual({ address: first.address, isPacked: true });
  expect(packs.find(weight, "backward", 16).isPacked).toBe(false);
  packs.drop(weight);
  expect(packs.find(weight, "forward", 16).isPacked).toBe(false);
});

test("a parameter that is gone gives back its memory, and another may come in its place", () => {
  const heap = makeHeap();
  const packs = new PackCache(heap);
  const { address } = packs.find(weight, "forward", 16);
  packs.forget(weight);
  expect(heap.allocate(64)).toBe(address);
  expect(packs.find(weight, "forward", 16).isPacked).toBe(false);
});

test("clearing forgets every parameter and gives its memory back", () => {
  const heap = makeHeap();
  const packs = new PackCache(heap);
  const { address } = packs.find(weight, "forward", 16);
  packs.clear();
  expect(heap.allocate(64)).toBe(address);
});

test("memory that runs out is told and leaves the heap usable", () => {
  const heap = makeHeap();
  expect(() => heap.allocate(1_000_000)).toThrow("out of memory: wanted 1 MiB more than the 0 MiB in use");
  const address = heap.allocate(1000);
  heap.free(address, 1000);
  expect(heap.allocate(1000)).toBe(address);
});
