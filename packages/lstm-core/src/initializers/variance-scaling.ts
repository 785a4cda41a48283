/** Draws whose variance follows from the number of inputs and outputs of a weight: the family of Glorot, He and LeCun. */
import { type Initializer, uniform } from "./initializer.ts";
import { truncatedNormal } from "./truncated-normal.ts";

/** Inputs and outputs of a weight. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

export interface VarianceScalingOptions {
  /** The variance is `scale / fan`. */
  readonly scale: number;
  /** Which of them counts: inputs, or the mean of both. */
  readonly fan: "in" | "average";
  readonly distribution: "uniform" | "normal";
  /** Default: those of a weight `[..., outputs, inputs]`. */
  readonly fansOf?: (shape: readonly number[]) => Fans;
}

/** Standard deviation of a standard normal distribution that is cut off at two. */
const CUT_DEVIATION = 0.87962566103423978;

/**
 * Uniform draws, or normal ones cut off at two deviations, of variance `scale / fan`, as Keras's `VarianceScaling`.
 *
 * @see Glorot & Bengio 2010 (average, scale 1), He et al. 2015 (in, scale 2), LeCun et al. 1998 (in, scale 1)
 */
export function varianceScaling(options: VarianceScalingOptions): Initializer {
  const { scale, fan, distribution, fansOf = rowsAndColumns } = options;
  return (shape, stream, session) => {
    const { fanIn, fanOut } = fansOf(shape);
    const variance = scale / Math.max(1, fan === "in" ? fanIn : (fanIn + fanOut) / 2);
    if (distribution === "normal") {
      return truncatedNormal(0, Math.sqrt(variance) / CUT_DEVIATION)(shape, stream, session);
    }
    const bound = Math.sqrt(3 * variance);
    return uniform(-bound, bound)(shape, stream, session);
  };
}

function rowsAndColumns(shape: readonly number[]): Fans {
  const fanIn = shape.at(-1) ?? 1;
  return { fanIn, fanOut: shape.at(-2) ?? fanIn };
}
