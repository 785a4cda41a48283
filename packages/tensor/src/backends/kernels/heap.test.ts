import { expect, test } from "vitest";
import { RandomStream } from "../../random.ts";
import { classBytes, Heap } from "./heap.ts";

const PAGE = 65536;

function makeHeap(maximum = 65536): Heap {
  return new Heap(new WebAssembly.Memory({ initial: 1, maximum }), 1024);
}

/** Integers in `[low, high)`. */
function integers(name: string, count: number, low: number, high: number): number[] {
  return Array.from(new RandomStream(1, name).uniform(count, low, high), Math.floor);
}

test("a block has room for its bytes and 64 more, and wastes at most an eighth of what is large", () => {
  for (const bytes of [0, 1, 64, 1000, 4096, 100_000, 7_654_321, 2 ** 31]) {
    const size = classBytes(bytes);
    expect(size).toBeGreaterThanOrEqual(bytes + 64);
    expect(size % 64).toBe(0);
    expect(size).toBeLessThanOrEqual((bytes + 128) * 1.125);
  }
});

test("equal steps take the blocks of the first one again", () => {
  const heap = makeHeap();
  const step = () => {
    const sizes = [400, 8000, 120_000, 8000];
    const addresses = sizes.map((bytes) => heap.allocate(bytes));
    sizes.forEach((bytes, i) => {
      heap.free(addresses[i]!, bytes);
    });
    return addresses.toSorted();
  };
  const first = step();
  for (let i = 0; i < 100; i++) expect(step()).toEqual(first);
});

test("ten thousand ragged batches need hardly more than the largest of them", () => {
  const heap = makeHeap();
  const weights = [1_000_000, 300_000, 5000, 200].map((bytes) => heap.allocate(bytes));
  const batches = integers("batch", 10_000, 1, 65);
  const times = integers("time", 10_000, 1, 400);
  const kept: [address: number, bytes: number][] = [];
  batches.forEach((batch, step) => {
    const row = batch * times[step]!;
    const sizes = [row * 4, row * 256, row * 512, row * 128, batch * 512, row * 4, row * 1024, batch * 1024];
    const blocks = sizes.map((bytes) => [heap.allocate(bytes), bytes] as [number, number]);
    // Now and then something outlives its step, as optimizer state and caches do.
    if (step % 500 === 0) kept.push(blocks.splice(4, 1)[0]!);
    for (const [address, bytes] of blocks) heap.free(address, bytes);
  });
  expect(weights.length + kept.length).toBe(24);
  expect(heap.bytes.length).toBeLessThan(1.35 * heap.peakBytes);
});

test("blocks never overlap, whatever is merged", () => {
  const heap = makeHeap();
  const sizes = integers("size", 20_000, 1, 3_000_000);
  const picks = integers("pick", 20_000, 0, 1000);
  const live: { address: number; bytes: number }[] = [];
  sizes.forEach((bytes, i) => {
    if (live.length > 20) {
      const [block] = live.splice(picks[i]! % live.length, 1);
      heap.free(block!.address, block!.bytes);
    }
    const address = heap.allocate(bytes);
    for (const other of live) {
      const apart = address + classBytes(bytes) <= other.address || other.address + classBytes(other.bytes) <= address;
      if (!apart) throw new Error(`block ${i} at ${address} overlaps one at ${other.address}`);
    }
    live.push({ address, bytes });
  });
  expect(heap.bytes.length).toBeLessThan(1.6 * heap.peakBytes);
});

test("says how much was wanted when memory runs out, and goes on with what is there", () => {
  const heap = makeHeap(40 * (1048576 / PAGE));
  const address = heap.allocate(10 * 1048576);
  expect(() => heap.allocate(50 * 1048576)).toThrow(
    /^out of memory: wanted 5\d MiB more than the 11 MiB in use, of at most 4096 MiB; tensors outside a scope .* session\.tidy\(.*; otherwise use a smaller batch or model$/,
  );
  heap.free(address, 10 * 1048576);
  expect(heap.allocate(10 * 1048576)).toBe(address);
  expect(() => heap.allocate(2 ** 31 + 4)).toThrow("wanted 2049 MiB in one tensor: the most is 2048 MiB");
});

test("a guard permits what is allocated, in whole groups of 16 elements, with 64 forbidden bytes behind it", () => {
  const permitted = new Uint8Array(64 * PAGE);
  const guard = {
    forbid: (address: number, bytes: number) => void permitted.fill(0, address, address + bytes),
    permit: (address: number, bytes: number) => void permitted.fill(1, address, address + bytes),
  };
  const heap = new Heap(new WebAssembly.Memory({ initial: 1, maximum: 65536 }), 1024, guard);
  const sizes = integers("guarded", 40, 1, 3000);
  const addresses = sizes.map((bytes) => heap.allocate(bytes));
  sizes.forEach((bytes, i) => {
    const end = addresses[i]! + Math.ceil(bytes / 64) * 64;
    expect(permitted.subarray(addresses[i]!, end).includes(0)).toBe(false);
    expect(permitted.subarray(end, end + 64).includes(1)).toBe(false);
  });
  sizes.forEach((bytes, i) => {
    heap.free(addresses[i]!, bytes);
  });
  expect(permitted.includes(1)).toBe(false);
});
