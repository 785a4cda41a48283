/** Long curves as few points, so that a page stays small. */

/** A point of a curve; where it stands for several, their lowest and highest y. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** At most `count` points, each the mean of its neighbours with their range. */
export function thin(points: readonly Point[], count: number): readonly Point[] {
  if (points.length <= count) return points;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * points.length) / count);
    const part = points.slice(from, Math.floor(((i + 1) * points.length) / count));
    const sum = part.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }));
    return {
      x: sum.x / part.length,
      y: sum.y / part.length,
      low: Math.min(...part.map(({ y, low = y }) => low)),
      high: Math.max(...part.map(({ y, high = y }) => high)),
    };
  });
}
