/** Ranges that the options of many sections have. Each is bounded: what it counts is allocated. */
import { z } from "zod";
import { MAX_WEIGHTS } from "../memory.ts";

const MAX_SIZE = 65_536;
const MAX_LAYERS = 100;

/** A number of features or units. */
export const size = z.int().min(1).max(MAX_SIZE);

/** A number of layers on top of each other. */
export const layerCount = z.int().min(1).max(MAX_LAYERS);

/** Units of all layers alike, or of each of them. */
export const layerSizes = z.union([size, z.array(size).min(1).max(MAX_LAYERS)]);

/** A share of features dropped in training. */
export const dropoutRate = z.number().min(0).lt(1).describe("share of features dropped in training, 0 <= rate < 1");

/** What the weights of recurrent layers follow from. */
export interface RecurrentSizes {
  /** One for each layer, or one for all. */
  readonly hiddenSize: number | readonly number[];
  readonly numLayers?: number | undefined;
  readonly bidirectional?: boolean | undefined;
  readonly projectionSize?: number | undefined;
}

/**
 * Refuses layers whose weights cannot lie in memory, before any is drawn.
 *
 * @param blocks  weight matrices of each kind in a cell, such as 4 in an LSTM
 */
export function fitMemory(blocks: number) {
  return (sizes: RecurrentSizes, context: z.RefinementCtx): void => {
    // A size that is out of its own range is told of already.
    const layers = unitsOf(sizes);
    if (layers.length > MAX_LAYERS || layers.some((units) => units > MAX_SIZE)) return;
    const weights = recurrentWeights(blocks, sizes);
    if (weights <= MAX_WEIGHTS) return;
    const keys = ["hiddenSize", "numLayers", "bidirectional", "projectionSize"].filter((key) => key in sizes);
    const message = `${keys.join(", ")} ask for ${weights.toLocaleString("en-US")} weights; at most ${MAX_WEIGHTS.toLocaleString("en-US")} fit into memory while they are trained`;
    context.addIssue({ code: "custom", path: ["hiddenSize"], message });
  };
}

/** Units of each layer, none for a count below 1; one layer too many is enough to know that there are too many. */
export function unitsOf({ hiddenSize, numLayers = 1 }: RecurrentSizes): readonly number[] {
  if (typeof hiddenSize !== "number") return hiddenSize;
  return Array.from({ length: Math.min(numLayers, MAX_LAYERS + 1) }, () => hiddenSize);
}

/** Without those of the first layer's input, whose size the section does not say. */
function recurrentWeights(blocks: number, sizes: RecurrentSizes): number {
  const { bidirectional = false, projectionSize } = sizes;
  const directions = bidirectional ? 2 : 1;
  let inputSize = 0;
  let weights = 0;
  for (const hiddenSize of unitsOf(sizes)) {
    const outputSize = projectionSize ?? hiddenSize;
    const projection = projectionSize === undefined ? 0 : hiddenSize * projectionSize;
    weights += directions * (blocks * hiddenSize * (inputSize + outputSize) + projection);
    inputSize = directions * outputSize;
  }
  return weights;
}
