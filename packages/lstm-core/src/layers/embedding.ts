/** A table of learned vectors, one for each token id. */
import {
  embedding,
  OptionError,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  type Session,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { type Initializer, normal } from "../initializers/initializer.ts";
import { type Module, namedParameters } from "../module.ts";
import { makeParameter } from "./parameter.ts";

export interface EmbeddingOptions {
  readonly vocabSize: number;
  readonly embeddingSize: number;
  /** Id of padding: its vector starts at zero and gets no gradient, so that it stays there. Default: none. */
  readonly paddingIndex?: number;
  /** Draws the first vectors. */
  readonly stream: RandomStream;
  /** First vectors. Default: normal with deviation `1 / sqrt(embeddingSize)`, so that vectors have length about 1. */
  readonly initializer?: Initializer;
}

const optionNames: OptionNames<EmbeddingOptions> = {
  vocabSize: true,
  embeddingSize: true,
  paddingIndex: true,
  stream: true,
  initializer: true,
};

/** Looks up vectors by id; the gradient is sparse. */
export class Embedding implements Module {
  /** `[vocabSize, embeddingSize]` */
  readonly weight: Tensor;
  readonly embeddingSize: number;
  readonly #paddingIndex: number | undefined;

  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, or `paddingIndex` no id */
  constructor(session: Session, options: EmbeddingOptions) {
    requireKnownOptions("Embedding", options, optionNames);
    const { vocabSize, embeddingSize, paddingIndex, stream } = options;
    requireSize("Embedding", "vocabSize", vocabSize);
    requireSize("Embedding", "embeddingSize", embeddingSize);
    if (
      paddingIndex !== undefined &&
      !(Number.isInteger(paddingIndex) && paddingIndex >= 0 && paddingIndex < vocabSize)
    ) {
      throw new OptionError("Embedding", "paddingIndex", `an id in [0, ${vocabSize})`, paddingIndex);
    }
    const draw = options.initializer ?? normal(0, 1 / Math.sqrt(embeddingSize));
    const initializer: Initializer = (shape, from) => {
      const values = draw(shape, from);
      if (paddingIndex !== undefined) values.fill(0, paddingIndex * embeddingSize, (paddingIndex + 1) * embeddingSize);
      return values;
    };
    this.weight = makeParameter(session, { name: "weight", shape: [vocabSize, embeddingSize], initializer, stream });
    this.embeddingSize = embeddingSize;
    this.#paddingIndex = paddingIndex;
  }

  /** Ids, int32 `[...]`, to vectors `[..., embeddingSize]`. */
  forward(ids: Tensor): Tensor {
    return embedding(this.weight, ids, this.#paddingIndex === undefined ? {} : { paddingIndex: this.#paddingIndex });
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ weight: this.weight });
  }
}
