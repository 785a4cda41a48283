/** How many multiplications and additions a piece of work is: as many as its matrix products have, the rest is not counted. */

/** Sizes of a matrix product: `[m, k]` times `[k, n]`. */
export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

export function productFlops({ m, k, n }: Product): number {
  return 2 * m * k * n;
}

/** A stack of LSTM layers and the batch that runs through it. */
export interface LayerSizes {
  readonly batch: number;
  readonly time: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
}

/** A forward and backward pass: the products of the forward pass, those of the inputs' and those of the weights' gradients. */
export function lstmFlops({ batch, time, inputSize, hiddenSize, numLayers, bidirectional }: LayerSizes): number {
  const directions = bidirectional ? 2 : 1;
  let weightsOfUnit = 0; // those of one gate of one unit, over all layers and directions
  for (let layer = 0; layer < numLayers; layer++) {
    weightsOfUnit += directions * ((layer === 0 ? inputSize : directions * hiddenSize) + hiddenSize);
  }
  return 3 * 2 * batch * time * 4 * hiddenSize * weightsOfUnit;
}
