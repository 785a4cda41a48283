/** Shapes of one example, without the axis of the batch; `null` is an extent that only the data say. */
import { ModelError } from "./errors.ts";

export type LayerShape = readonly (number | null)[];

/** `(batch, 10, 3)`, as messages and summaries show it. */
export function shapeText(shape: LayerShape): string {
  return `(${["batch", ...shape.map((extent) => extent ?? "any")].join(", ")})`;
}

/** Elements of one example; an unknown extent counts once. */
export function elementsIn(shape: LayerShape): number {
  return shape.reduce<number>((product, extent) => product * (extent ?? 1), 1);
}

/** The last extent. @throws {ModelError} if it is unknown, naming the layer that must know it */
export function featuresOf(owner: string, shape: LayerShape): number {
  const features = shape.at(-1);
  if (features === undefined || features === null) {
    throw new ModelError(`${owner}: expected an input whose last extent is known, got ${shapeText(shape)}`);
  }
  return features;
}

/** @throws {ModelError} unless the input has that many axes beside the batch's */
export function requireRank(owner: string, shape: LayerShape | undefined, rank: number, example: string): LayerShape {
  if (shape?.length !== rank) {
    throw new ModelError(`${owner}: expected an input of shape ${example}, got ${shapeText(shape ?? [])}`);
  }
  return shape;
}
