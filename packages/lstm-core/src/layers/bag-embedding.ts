/** Vectors of tokens as sums of rows that they share, such as those of their character n-grams (Bojanowski et al. 2017). */
import {
  embedding,
  gatherRows,
  IndexError,
  OptionError,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  reshape,
  type Session,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { type Initializer, normal } from "../initializers/initializer.ts";
import { type Module, namedParameters } from "../module.ts";
import { makeParameter } from "./parameter.ts";

export interface BagEmbeddingOptions {
  /** The rows of each token, numbers in `[0, rows)` of which some may come twice; a token without rows has a vector of zeros. */
  readonly bags: readonly (readonly number[])[];
  /** Rows that the tokens share. */
  readonly rows: number;
  readonly embeddingSize: number;
  /** Draws the first rows. */
  readonly stream: RandomStream;
  /** First rows. Default: normal, with a deviation that gives a token with a bag of mean size a vector of length about 1. */
  readonly initializer?: Initializer;
}

const optionNames: OptionNames<BagEmbeddingOptions> = {
  bags: true,
  rows: true,
  embeddingSize: true,
  stream: true,
  initializer: true,
};

/** The row before all others stays zero: it fills up the bags that are shorter than the longest of a batch. */
const EMPTY = 0;

/** Looks up the bag of each id and adds its rows, in the order of the bag; the gradient is sparse. */
export class BagEmbedding implements Module {
  /** `[1 + rows, embeddingSize]`: the first one is zero, and row `n` of a bag is `n + 1` here. */
  readonly weight: Tensor;
  readonly embeddingSize: number;
  readonly #bags: readonly Int32Array[];

  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, or a bag holds what is no row */
  constructor(session: Session, options: BagEmbeddingOptions) {
    requireKnownOptions("BagEmbedding", options, optionNames);
    const { bags, rows, embeddingSize, stream } = options;
    requireSize("BagEmbedding", "rows", rows);
    requireSize("BagEmbedding", "embeddingSize", embeddingSize);
    for (const [id, bag] of bags.entries()) {
      const odd = bag.find((row) => !(Number.isInteger(row) && row >= 0 && row < rows));
      if (odd !== undefined) throw new OptionError("BagEmbedding", `bags[${id}]`, `rows in [0, ${rows})`, odd);
    }
    const meanBag = bags.reduce((total, { length }) => total + length, 0) / Math.max(1, bags.length);
    const draw = options.initializer ?? normal(0, 1 / Math.sqrt(embeddingSize * Math.max(1, meanBag)));
    const initializer: Initializer = (shape, from, drawer) => {
      const values = draw(shape, from, drawer);
      values.fill(0, 0, embeddingSize);
      return values;
    };
    this.weight = makeParameter(session, { name: "weight", shape: [1 + rows, embeddingSize], initializer, stream });
    this.embeddingSize = embeddingSize;
    this.#bags = bags.map((bag) => Int32Array.from(bag, (row) => row + 1));
  }

  /**
   * Ids, int32 `[...]`, to vectors `[..., embeddingSize]`.
   *
   * @throws {IndexError} naming the first id that has no bag
   */
  forward(ids: Tensor): Tensor {
    const { session } = this.weight;
    const flat = ids.readSync();
    const slots = new Int32Array(flat.length);
    const slotOf = new Map<number, number>();
    for (let place = 0; place < flat.length; place++) {
      const id = flat[place]!;
      if (this.#bags[id] === undefined) {
        const all = this.#bags.length;
        throw new IndexError(`BagEmbedding: id ${id} at position ${place} is outside the table of ${all} tokens`);
      }
      const slot = slotOf.get(id) ?? slotOf.size;
      slotOf.set(id, slot);
      slots[place] = slot;
    }
    const bags = [...slotOf.keys()].map((id) => this.#bags[id]!);
    const longest = bags.reduce((most, { length }) => Math.max(most, length), 1);
    const rows = new Int32Array(bags.length * longest);
    for (const [slot, bag] of bags.entries()) rows.set(bag, slot * longest);
    const rowIds = session.tensor(rows, [bags.length, longest], { dtype: "int32" });
    const parts = embedding(this.weight, rowIds, { paddingIndex: EMPTY }); // [tokens, longest, embeddingSize]
    const vectors = gatherRows(sum(parts, 1), slots); // [positions, embeddingSize]
    return reshape(vectors, [...ids.shape, this.embeddingSize]);
  }

  parameters(): Map<string, Tensor> {
    return namedParameters({ weight: this.weight });
  }
}
