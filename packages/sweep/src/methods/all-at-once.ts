/** Tries points that are known from the start, each for the whole training. */
import type { Method } from "../search.ts";
import type { Values } from "../space.ts";

export function* allAtOnce(points: readonly Values[]): Method {
  if (points.length > 0) yield points.map((values, index) => ({ point: index + 1, values }));
}
