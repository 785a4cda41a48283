/** Matrix products. */
import { type Product, productFlops } from "../flops.ts";
import type { Suite } from "../suite.ts";
import { compareThroughput } from "./throughput.ts";

const sizes: readonly (readonly [m: number, k: number, n: number])[] = [
  [1024, 1024, 1024],
  [32, 128, 512],
  [32, 256, 1024],
  [32, 512, 2048],
  [32, 1024, 4096],
  [64, 128, 512],
  [64, 256, 1024],
  [64, 512, 2048],
  [64, 1024, 4096],
  [20, 650, 2600],
  [6400, 128, 512],
  [3200, 256, 1024],
];
const products: Readonly<Record<string, Product>> = Object.fromEntries(
  sizes.map(([m, k, n]) => [`${m} x ${k} x ${n}`, { m, k, n }]),
);

export const matrixProducts: Suite = {
  name: "products",
  peers: "engines",
  title: "Matrix products",
  about:
    "`[m, k]` times `[k, n]`, written m x k x n, with the packing of the right side, as 2mkn operations. The peak is that of " +
    "fused multiply-adds, as above.",
  run: (bench) => {
    const flops = Object.fromEntries(Object.entries(products).map(([name, product]) => [name, productFlops(product)]));
    return compareThroughput(bench, flops, (threads) => ({
      task: "products",
      products,
      threads,
      seconds: bench.seconds / 8,
    }));
  },
};
