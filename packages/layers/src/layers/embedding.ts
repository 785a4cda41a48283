/** Embedding: a learned vector for each id; with `maskZero` the id 0 is padding. */
import { Embedding } from "@cellstate/lstm-core";
import type { Session, Tensor } from "@cellstate/tensor";
import { DataError } from "../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import { Mask } from "../graph/mask.ts";
import { type WeightOptions, weightOptionNames, weightSpec } from "../weights/weight-options.ts";
import { requireUnits } from "./dense.ts";

/** The vectors start within 0.05 of 0 unless `embeddingsInitializer` says otherwise. */
export interface EmbeddingOptions extends WeightOptions<"embeddings"> {
  /** Ids in the vocabulary: the largest id and one. */
  readonly inputDim: number;
  /** Features of a vector. */
  readonly outputDim: number;
  /** Whether the id 0 is padding, of which the layers above and the loss know nothing. Default false. */
  readonly maskZero?: boolean | undefined;
  /** Length of each row, as Keras 2 took it. Default: any. */
  readonly inputLength?: number | undefined;
}

export const embeddingKind: LayerKind<EmbeddingOptions> = {
  className: "Embedding",
  optionNames: {
    inputDim: true,
    outputDim: true,
    maskZero: true,
    ...weightOptionNames("embeddings"),
    inputLength: true,
  },
  plan(options, [input], owner) {
    const { inputDim, outputDim, maskZero = false } = options;
    requireUnits(owner, inputDim, "inputDim");
    requireUnits(owner, outputDim, "outputDim");
    return {
      outputs: [[...input!, outputDim]],
      weights: [weightSpec(owner, options, "embeddings", { shape: [inputDim, outputDim], initializer: "uniform" })],
      make({ session, stream }) {
        const table = new Embedding(session, { vocabSize: inputDim, embeddingSize: outputDim, stream });
        return {
          weights: { embeddings: [{ tensor: table.weight }] },
          run: ([x]) => {
            const values = x!.tensor.readSync();
            const ids = asIds(owner, session, x!.tensor, values, inputDim);
            return [{ tensor: table.forward(ids), mask: maskZero ? maskOf(ids, values) : x!.mask }];
          },
        };
      },
    };
  },
};

/** Ids as int32. @throws {DataError} naming the first that is not in the vocabulary, by its place in the batch */
function asIds(owner: string, session: Session, x: Tensor, values: ArrayLike<number>, inputDim: number): Tensor {
  if (x.dtype === "int32") return x; // of an input whose data were checked
  for (let at = 0; at < values.length; at++) {
    const id = values[at]!;
    if (Number.isInteger(id) && id >= 0 && id < inputDim) continue;
    const seqLen = x.shape.at(-1) ?? 1;
    const place = `row ${Math.floor(at / seqLen)}, step ${at % seqLen} of the batch`;
    throw new DataError(`${owner}: expected ids that are integers in [0, ${inputDim}), got ${id} in ${place}`);
  }
  return session.tensor(values, x.shape, { dtype: "int32" });
}

function maskOf({ shape, size }: Tensor, values: ArrayLike<number>): Mask {
  const batchSize = shape[0]!;
  return Mask.where(batchSize, batchSize === 0 ? 0 : size / batchSize, (at) => values[at] !== 0);
}

/** Vectors of ids: `[batch, time]` to `[batch, time, outputDim]`. */
export function embedding(
  inputDim: number,
  outputDim: number,
  options: Omit<EmbeddingOptions, "inputDim" | "outputDim"> & CommonLayerOptions = {},
): Layer {
  const { inputLength, inputShape = [inputLength ?? null] } = options;
  return new Layer(embeddingKind, { inputDim, outputDim, ...options, inputShape });
}
