/** Clipping by the norm of all gradients together (Pascanu et al. 2013). */
import { type Gradients, sumOfSquares, type Tensor } from "@cellstate/tensor";

export interface ClippedNorm {
  /** Euclidean norm of all gradients together, before clipping. */
  readonly norm: number;
  /** Factor of every gradient, 1 unless the norm is larger than `clipNorm`. */
  readonly scale: number;
}

/**
 * Measures the gradients and says by how much they must shrink; it changes none, the optimizer's step applies the factor.
 *
 * Squares are summed in float64, parameters in sorted name order.
 *
 * @param clipNorm largest norm, above 0; null: no limit
 */
export function clipByGlobalNorm(
  gradients: Gradients,
  parameters: ReadonlyMap<string, Tensor>,
  clipNorm: number | null,
): ClippedNorm {
  const present = [...parameters.keys()]
    .sort()
    .map((name) => gradients.get(parameters.get(name)!))
    .filter((gradient) => gradient !== undefined);
  const norm = Math.sqrt(sumOfSquares(...present));
  return { norm, scale: clipNorm !== null && norm > clipNorm ? clipNorm / norm : 1 };
}
