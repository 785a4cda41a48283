/** Multi-head attention of a sequence to itself or to another one (Vaswani et al. 2017, section 3.2.2). */
import {
  linear,
  matmul,
  mul,
  OptionError,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  reshape,
  type Session,
  ShapeError,
  slice,
  softmax,
  squeeze,
  stack,
  type Tensor,
  transpose,
} from "@cellstate/tensor";
import { requireRate, requireSize } from "../errors.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { zeros } from "../initializers/initializer.ts";
import { perGate } from "../initializers/per-gate.ts";
import { Dropout } from "../layers/dropout.ts";
import { Linear } from "../layers/linear.ts";
import { Packing } from "../layers/packing.ts";
import { makeParameter } from "../layers/parameter.ts";
import { evaluationStep, type Module, namedParameters, type StepContext } from "../module.ts";
import { attentionMask, maskedSoftmax } from "./attention-mask.ts";

export interface MultiHeadAttentionOptions {
  /** Features of the queries and of the output. */
  readonly size: number;
  /** Attentions side by side, each over its part of the features; must divide `size`. */
  readonly heads: number;
  /** Features of the keys. Default: `size`. */
  readonly keySize?: number | undefined;
  /** Features of the values. Default: `size`. */
  readonly valueSize?: number | undefined;
  /** Whether projections have a bias. Default true. */
  readonly bias?: boolean | undefined;
  /** Share of the attention weights dropped in training, in `[0, 1)`. Default 0. */
  readonly dropoutRate?: number | undefined;
  /** Draws the first weights and what is dropped. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<MultiHeadAttentionOptions> = {
  size: true,
  heads: true,
  keySize: true,
  valueSize: true,
  bias: true,
  dropoutRate: true,
  stream: true,
};

export interface AttendOptions {
  /** `[batch, keyLen, keySize]`. Default: the queries, that is self-attention. */
  readonly keys?: Tensor | undefined;
  /** `[batch, keyLen, valueSize]`. Default: the keys. */
  readonly values?: Tensor | undefined;
  /** `[batch]`: real queries of each row; the output is 0 behind them. Default: all. */
  readonly lengths?: Int32Array | undefined;
  /** `[batch]`: real keys of each row. Default: `lengths` in self-attention, else all. */
  readonly keyLengths?: Int32Array | undefined;
  /** Whether query `i` sees keys `0 ... i` only. Default false. */
  readonly causal?: boolean | undefined;
  /** `[queryLen, keyLen]` or `[batch, queryLen, keyLen]`: 1 where a query may see a key, else 0. Default: everywhere. */
  readonly mask?: Tensor | undefined;
  /** Needed in training, for dropout. Default: evaluation. */
  readonly step?: StepContext | undefined;
}

const attendOptionNames: OptionNames<AttendOptions> = {
  keys: true,
  values: true,
  lengths: true,
  keyLengths: true,
  causal: true,
  mask: true,
  step: true,
};

export interface AttentionResult {
  /** `[batch, queryLen, size]`, 0 behind the real queries. */
  readonly output: Tensor;
  /** `[batch, heads, queryLen, keyLen]`, before dropout: each query's sum to 1 over what it sees, and are 0 where it sees nothing. */
  readonly weights: Tensor;
}

/**
 * Each head weighs the values by `softmax(query . key / sqrt(size / heads))`. Parameters have PyTorch's names and shapes:
 * `in_proj_weight` (or `q_proj_weight`, `k_proj_weight`, `v_proj_weight` where keys or values have a size of their own),
 * `in_proj_bias`, `out_proj.weight` and `out_proj.bias`. Weights start Glorot uniform, biases 0.
 */
export class MultiHeadAttention implements Module {
  readonly size: number;
  readonly heads: number;
  readonly #session: Session;
  readonly #keySize: number;
  readonly #valueSize: number;
  readonly #parameters = new Map<string, Tensor>();
  readonly #output: Linear;
  /** Of each head. */
  readonly #dropouts: readonly Dropout[];

  /** @throws {OptionError} if an option is unknown, a size no integer of at least 1, `heads` no divisor, or the rate outside `[0, 1)` */
  constructor(session: Session, options: MultiHeadAttentionOptions) {
    requireKnownOptions("MultiHeadAttention", options, optionNames);
    const { size, heads, keySize = size, valueSize = size, bias = true, dropoutRate = 0, stream } = options;
    for (const [name, value] of Object.entries({ size, heads, keySize, valueSize })) {
      requireSize("MultiHeadAttention", name, value);
    }
    requireRate("MultiHeadAttention", "dropoutRate", dropoutRate);
    if (size % heads !== 0) throw new OptionError("MultiHeadAttention", "heads", `a divisor of size ${size}`, heads);
    this.size = size;
    this.heads = heads;
    this.#session = session;
    this.#keySize = keySize;
    this.#valueSize = valueSize;
    const make = (name: string, shape: readonly number[], initializer = glorotUniform) =>
      this.#parameters.set(name, makeParameter(session, { name, shape, initializer, stream }));
    if (keySize === size && valueSize === size) {
      make("in_proj_weight", [3 * size, size], perGate(glorotUniform, ["query", "key", "value"]));
    } else {
      make("q_proj_weight", [size, size]);
      make("k_proj_weight", [size, keySize]);
      make("v_proj_weight", [size, valueSize]);
    }
    if (bias) make("in_proj_bias", [3 * size], zeros);
    this.#output = new Linear(session, { inputSize: size, outputSize: size, bias, stream: stream.fork("out_proj") });
    this.#dropouts = Array.from(
      { length: heads },
      (_, head) => new Dropout(dropoutRate, stream.fork(`dropout${head}`)),
    );
  }

  /**
   * @param queries  `[batch, queryLen, size]`
   * @throws {ShapeError} if a tensor has another shape, or a length lies outside its range
   */
  forward(queries: Tensor, options: AttendOptions = {}): AttentionResult {
    requireKnownOptions("MultiHeadAttention.forward", options, attendOptionNames);
    const { keys = queries, values = keys, lengths, causal = false, mask, step = evaluationStep } = options;
    const { keyLengths = keys === queries ? lengths : undefined } = options;
    const [batchSize, queryLen] = queries.shape as [number, number];
    const keyLen = keys.shape[1]!;
    requireSequence("queries", queries, [batchSize, queryLen, this.size]);
    requireSequence("keys", keys, [batchSize, keyLen, this.#keySize]);
    requireSequence("values", values, [batchSize, keyLen, this.#valueSize]);
    const ofQueries = new Packing("MultiHeadAttention", { batchSize, seqLen: queryLen, lengths });
    const ofKeys = new Packing("MultiHeadAttention", { batchSize, seqLen: keyLen, lengths: keyLengths });
    const scale = 1 / Math.sqrt(this.size / this.heads);
    const query = mul(this.#project(0, queries, ofQueries), scale); // [batch * heads, queryLen, size / heads]
    const key = this.#project(1, keys, ofKeys);
    const value = this.#project(2, values, ofKeys);

    const byHead = [batchSize, this.heads, queryLen, keyLen];
    const scores = reshape(matmul(query, key, { transposeB: true }), byHead);
    const shut = attentionMask(this.#session, { batchSize, queryLen, keyLen, lengths, keyLengths, causal, mask });
    const weights = shut === undefined ? softmax(scores) : maskedSoftmax(scores, shut);
    const dropped = reshape(this.#drop(weights, step), [batchSize * this.heads, queryLen, keyLen]);
    const found = reshape(matmul(dropped, value), [batchSize, this.heads, queryLen, this.size / this.heads]);
    const joined = reshape(transpose(found, [0, 2, 1, 3]), [batchSize, queryLen, this.size]);
    return { output: ofQueries.unpack(this.#output.forward(ofQueries.pack(joined))), weights };
  }

  parameters(): Map<string, Tensor> {
    return new Map([...this.#parameters, ...namedParameters({ out_proj: this.#output })]);
  }

  /** Projection 0 of queries, 1 of keys, 2 of values, head by head: `[batch * heads, time, size / heads]`, 0 on padding. */
  #project(index: 0 | 1 | 2, x: Tensor, packing: Packing): Tensor {
    const { size, heads } = this;
    const rowsOf = (tensor: Tensor) => slice(tensor, 0, index * size, (index + 1) * size);
    const joint = this.#parameters.get("in_proj_weight");
    const weight = joint ? rowsOf(joint) : this.#parameters.get(`${"qkv"[index]}_proj_weight`)!;
    const bias = this.#parameters.get("in_proj_bias");
    const projected = packing.unpack(linear(packing.pack(x), weight, bias && rowsOf(bias)));
    const [batchSize, time] = projected.shape as [number, number];
    const byHead = transpose(reshape(projected, [batchSize, time, heads, size / heads]), [0, 2, 1, 3]);
    return reshape(byHead, [batchSize * heads, time, size / heads]);
  }

  /** Head by head, so that what is dropped does not depend on how far keys are padded. */
  #drop(weights: Tensor, step: StepContext): Tensor {
    if (!step.training || this.#dropouts[0]!.rate === 0) return weights;
    return stack(
      this.#dropouts.map((dropout, head) => dropout.forward(squeeze(slice(weights, 1, head, head + 1), 1), step)),
      1,
    );
  }
}

function requireSequence(name: string, x: Tensor, shape: readonly number[]): void {
  if (x.shape.length === 3 && x.shape.every((extent, axis) => extent === shape[axis])) return;
  const expected = name === "queries" ? `[batch, queryLen, ${shape[2]}]` : `[${shape.join(", ")}]`;
  throw new ShapeError("MultiHeadAttention", `${name} of shape ${expected}`, x.shape);
}
