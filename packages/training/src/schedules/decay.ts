/** The shapes in which a learning rate falls from its full size to a final share. */
import { scalar } from "@cellstate/tensor";

/** A line from 1 at progress 0 to `finalFactor` at progress 1. */
export function linearDecay(progress: number, finalFactor: number): number {
  return finalFactor + (1 - finalFactor) * (1 - progress);
}

/** Half a cosine from 1 at progress 0 to `finalFactor` at progress 1 (Loshchilov & Hutter 2017). */
export function cosineDecay(progress: number, finalFactor: number): number {
  return finalFactor + ((1 - finalFactor) * (1 + scalar.cos(Math.PI * progress))) / 2;
}
