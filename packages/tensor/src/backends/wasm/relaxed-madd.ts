/**
 * Whether the engine's `f32x4.relaxed_madd` is a fused multiply-add: by its specification it may as well round the product, and which
 * of the two it does depends on the engine and on the processor.
 */

/** Exports `f(a, b, c, want, runs)`: how many of the runs gave `want`. Operands are arguments, so that no compiler folds them. */
const PROBE = Uint8Array.from(
  [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [0x01, 10, 1, 0x60, 5, 0x7d, 0x7d, 0x7d, 0x7d, 0x7f, 1, 0x7f], // type: (f32, f32, f32, f32, i32) -> i32
    [0x03, 2, 1, 0],
    [0x07, 5, 1, 1, 0x66, 0, 0], // export "f"
    [0x0a, 46, 1, 44, 1, 1, 0x7f], // code: a function with an i32, the count
    [0x03, 0x40, 0x20, 5], // loop: count
    [0x20, 0, 0xfd, 0x13, 0x20, 1, 0xfd, 0x13, 0x20, 2, 0xfd, 0x13], // a, b and c in all lanes
    [0xfd, 0x85, 0x02, 0xfd, 0x1f, 0, 0x20, 3, 0x5b], // relaxed_madd, lane 0, == want
    [0x6a, 0x21, 5], // count +=
    [0x20, 4, 0x41, 1, 0x6b, 0x22, 4, 0x0d, 0, 0x0b], // again, runs - 1 times
    [0x20, 5, 0x0b],
  ].flat(),
);

type Probe = (a: number, b: number, c: number, want: number, runs: number) => number;

/** Products that differ where they are rounded, or where their sum is rounded to float64 first. */
const CASES = [
  [1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11), 2 ** -24],
  [1 + 2 ** -23, 2 ** -24 * (1 - 2 ** -23), 1 + 2 ** -23, 1 + 2 ** -23],
] as const;

/** The first call meets the engine's first compiler, and some of the later ones the compilers of code that runs often. */
const RUNS = [1, ...Array<number>(24).fill(1 << 16)];

let known: boolean | undefined;

/** Found out once; takes a few milliseconds. */
export function isRelaxedMaddFused(): boolean {
  known ??= WebAssembly.validate(PROBE) && isFused();
  return known;
}

function isFused(): boolean {
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(PROBE)).exports as { f: Probe };
  return RUNS.every((runs) => CASES.every(([a, b, c, want]) => f(a, b, c, want, runs) === runs));
}
