/** LSTM layers alone. */
import { type LayerSizes, lstmFlops } from "../flops.ts";
import type { Suite } from "../suite.ts";
import { compareThroughput } from "./throughput.ts";

const layerSizes: Readonly<Record<string, LayerSizes>> = {
  a: { batch: 32, time: 200, inputSize: 128, hiddenSize: 128, numLayers: 1, bidirectional: true },
  b: { batch: 64, time: 50, inputSize: 256, hiddenSize: 256, numLayers: 2, bidirectional: false },
  c: { batch: 20, time: 35, inputSize: 650, hiddenSize: 650, numLayers: 2, bidirectional: false },
  "d, encoder": { batch: 64, time: 20, inputSize: 256, hiddenSize: 256, numLayers: 1, bidirectional: true },
  e: { batch: 32, time: 20, inputSize: 1, hiddenSize: 50, numLayers: 1, bidirectional: false },
};

export const layers: Suite = {
  name: "layers",
  peers: "engines",
  title: "LSTM layers alone",
  about:
    "The layers of the five shapes, forward and backward with the gradients of inputs and weights; the weights were written just " +
    "before, so that packing them counts. Operations: those of the matrix products, 3 x 2 x positions x 4 hidden x (input + " +
    "hidden) a layer and direction. Peak: independent fused multiply-adds at the same vector width on as many threads, measured by " +
    "the same processes.",
  run: (bench) => {
    const flops = Object.fromEntries(Object.entries(layerSizes).map(([name, sizes]) => [name, lstmFlops(sizes)]));
    return compareThroughput(bench, flops, (threads) => ({
      task: "layers",
      layers: layerSizes,
      threads,
      seconds: bench.seconds / 2,
    }));
  },
};
