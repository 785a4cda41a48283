/** Matrix products of the reference backend, one element at a time. */
import type { MatmulArgs, ProductSumArgs } from "../../backend.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { type Floats, productSum } from "./sums.ts";

type MatmulShape = Pick<MatmulArgs, "batch" | "m" | "n" | "k" | "transposeA" | "transposeB" | "sharedB">;

export function matmul(
  math: Arithmetic,
  args: MatmulShape,
  a: Floats,
  b: Floats,
  bias: Floats | undefined,
  out: Floats,
): void {
  const { batch, m, n, k, transposeA, transposeB, sharedB } = args;
  const [aRow, aCol] = transposeA ? [1, m] : [k, 1];
  const [bRow, bCol] = transposeB ? [1, k] : [n, 1];
  for (let group = 0; group < batch; group++) {
    const aStart = group * m * k;
    const bStart = sharedB ? 0 : group * k * n;
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        const product = productSum(
          math,
          k,
          (i) => a[aStart + row * aRow + i * aCol]!,
          (i) => b[bStart + i * bRow + col * bCol]!,
        );
        const at = (group * m + row) * n + col;
        out[at] = bias ? math.round(product + bias[col]!) : product;
      }
    }
  }
}

export interface ProductTermArrays {
  readonly left: Floats;
  readonly right: Floats;
  readonly rows: number;
}

export function productSums(
  math: Arithmetic,
  { m, n }: Pick<ProductSumArgs, "m" | "n">,
  terms: readonly ProductTermArrays[],
  out: Floats,
): void {
  for (let row = 0; row < m; row++) {
    for (let col = 0; col < n; col++) {
      const products = terms.map(({ left, right, rows }) =>
        productSum(
          math,
          rows,
          (i) => left[i * m + row]!,
          (i) => right[i * n + col]!,
        ),
      );
      out[row * n + col] = products.reduce((sum, product) => math.round(sum + product));
    }
  }
}
