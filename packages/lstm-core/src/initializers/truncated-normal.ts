/** Normal draws without the far ones. */
import { type RandomStream, scalar } from "@cellstate/tensor";
import { elementsOf, type Initializer } from "./initializer.ts";

/** Normal with the given mean and standard deviation, but for draws further than two deviations from the mean, which are drawn again. */
export function truncatedNormal(mean: number, deviation: number): Initializer {
  return (shape, stream) => {
    const values = new Float64Array(elementsOf(shape));
    for (let at = 0; at < values.length; at++) values[at] = mean + deviation * drawWithinTwo(stream, at);
    return values;
  };
}

/** Draws again until one fits (Box & Muller 1958); each element has draws of its own, so that none moves another. */
function drawWithinTwo(stream: RandomStream, at: number): number {
  for (let attempt = 0; ; attempt++) {
    const radius = stream.uint32At(0, at, attempt);
    const angle = stream.uint32At(1, at, attempt);
    const unit = (radius + 1) / 2 ** 32;
    const draw = Math.sqrt(-2 * scalar.log(unit)) * scalar.cos((2 * Math.PI * angle) / 2 ** 32);
    if (Math.abs(draw) <= 2) return draw;
  }
}
