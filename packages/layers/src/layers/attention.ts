/** Keras's attention layers: Attention and AdditiveAttention over whole vectors, and MultiHeadAttention with learned projections. */
import { Dropout, Linear } from "@cellstate/lstm-core";
import {
  add,
  matmul,
  mul,
  OptionError,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  tanh,
  transpose,
  unsqueeze,
  where,
} from "@cellstate/tensor";
import { ModelError } from "../errors.ts";
import { type CommonLayerOptions, Layer, type LayerKind } from "../graph/layer.ts";
import type { Mask } from "../graph/mask.ts";
import type { RunContext, Value } from "../graph/value.ts";
import { featuresOf, type LayerShape, shapeText } from "../shape.ts";
import { type InitializerOption, resolveInitializer } from "../weights/initializers.ts";
import { transposed, type WeightPart } from "../weights/layout.ts";
import { requireUnits } from "./dense.ts";

/** Subtracted from scores that must not count, as in Keras. */
const FAR = 1e9;

/** Scores `[batch, queries, keys]` as shares of each query; keys that are masked, or come after a causal query, get none. */
function shares(scores: Tensor, keyMask: Mask | undefined, causal: boolean): Tensor {
  const { session, shape } = scores;
  const [, queries, keys] = shape as [number, number, number];
  let masked = scores;
  const hide = (seen: Tensor) => where(seen, masked, sub(masked, FAR));
  if (keyMask && !keyMask.isFull) masked = hide(session.tensor(keyMask.real, [keyMask.batchSize, 1, keys]));
  if (causal) {
    const seen = Uint8Array.from({ length: queries * keys }, (_, at) => Number(at % keys <= Math.floor(at / keys)));
    masked = hide(session.tensor(seen, [1, queries, keys]));
  }
  return softmax(masked);
}

/** Drops shares in training. */
function dropped(layer: Dropout, weights: Tensor, { step }: RunContext): Tensor {
  return layer.forward(weights, step);
}

/** Zeros where a query is masked. */
function withoutMasked(output: Tensor, mask: Mask | undefined): Tensor {
  return mask === undefined || mask.isFull ? output : mul(output, mask.tensor(output.session, 3));
}

export interface AttentionOptions {
  /** Whether scores have a learned factor. Default false. */
  readonly useScale?: boolean | undefined;
  /** `dot` (Luong et al. 2015), or `concat`: `tanh(query + key)` summed up. Default `dot`. */
  readonly scoreMode?: "dot" | "concat" | undefined;
  /** Share of attention weights dropped in training. Default 0. */
  readonly dropout?: number | undefined;
  /** Whether query `i` sees keys up to `i` only. Default false. */
  readonly useCausalMask?: boolean | undefined;
}

/** Queries, values, and keys, which are the values by default. @throws {ModelError} unless their shapes fit */
function attended(
  owner: string,
  inputs: readonly LayerShape[],
): { queries: LayerShape; values: LayerShape; keys: LayerShape } {
  const [queries, values, keys = values] = inputs;
  const shapes = inputs.map(shapeText).join(" and ");
  if (inputs.length < 2 || inputs.length > 3 || inputs.some((shape) => shape.length !== 2)) {
    throw new ModelError(
      `${owner}: expected [query, value] or [query, value, key] of shape (batch, time, features), got ${shapes}`,
    );
  }
  return { queries: queries!, values: values!, keys: keys! };
}

export const attentionKind: LayerKind<AttentionOptions> = {
  className: "Attention",
  optionNames: { useScale: true, scoreMode: true, dropout: true, useCausalMask: true },
  plan({ useScale = false, scoreMode = "dot", dropout = 0, useCausalMask = false }, inputs, owner) {
    if (scoreMode !== "dot" && scoreMode !== "concat")
      throw new OptionError(owner, "scoreMode", "dot or concat", scoreMode);
    const { queries, values } = attended(owner, inputs);
    const one = (name: string) => ({ name, shape: [], initializer: resolveInitializer(owner, name, "ones") });
    return {
      outputs: [[queries[0]!, values[1]!]],
      weights: [...(useScale ? [one("scale")] : []), ...(scoreMode === "concat" ? [one("concat_score_weight")] : [])],
      make({ session, stream }) {
        const factor = () => session.full([], 1, { requiresGrad: true });
        const [scale, weight] = [useScale ? factor() : undefined, scoreMode === "concat" ? factor() : undefined];
        const layer = new Dropout(dropout, stream.fork("dropout"));
        const scaled = (x: Tensor) => (scale ? mul(x, scale) : x);
        const scoresOf = (query: Tensor, key: Tensor) =>
          weight ? mul(additive(query, key, scaled), weight) : scaled(matmul(query, key, { transposeB: true }));
        return {
          weights: {
            ...(scale && { scale: [{ tensor: scale }] }),
            ...(weight && { concat_score_weight: [{ tensor: weight }] }),
          },
          run([query, value, key = value], context) {
            const weights = shares(scoresOf(query!.tensor, key!.tensor), value!.mask, useCausalMask);
            const output = matmul(dropped(layer, weights, context), value!.tensor);
            return [{ tensor: withoutMasked(output, query!.mask), mask: query!.mask }];
          },
        };
      },
    };
  },
};

/** `sum(tanh(query + key))` of each pair: `[batch, queries, keys]`. */
function additive(query: Tensor, key: Tensor, scaled: (x: Tensor) => Tensor): Tensor {
  return sum(tanh(scaled(add(unsqueeze(query, 2), unsqueeze(key, 1)))), -1);
}

/** Values weighted by how much each key is like each query: applied to `[query, value]` or `[query, value, key]`. */
export function attention(options: AttentionOptions & CommonLayerOptions = {}): Layer {
  return new Layer(attentionKind, options);
}

export interface AdditiveAttentionOptions {
  /** Whether each feature has a learned factor. Default true. */
  readonly useScale?: boolean | undefined;
  /** Share of attention weights dropped in training. Default 0. */
  readonly dropout?: number | undefined;
  /** Whether query `i` sees keys up to `i` only. Default false. */
  readonly useCausalMask?: boolean | undefined;
}

export const additiveAttentionKind: LayerKind<AdditiveAttentionOptions> = {
  className: "AdditiveAttention",
  optionNames: { useScale: true, dropout: true, useCausalMask: true },
  plan({ useScale = true, dropout = 0, useCausalMask = false }, inputs, owner) {
    const { queries, values } = attended(owner, inputs);
    const size = featuresOf(owner, queries);
    const initializer = resolveInitializer(owner, "scale", "glorotUniform");
    return {
      outputs: [[queries[0]!, values[1]!]],
      weights: useScale ? [{ name: "scale", shape: [size], initializer }] : [],
      make({ session, stream }) {
        const scale = useScale ? session.full([size], 1, { requiresGrad: true }) : undefined;
        const layer = new Dropout(dropout, stream.fork("dropout"));
        return {
          weights: scale ? { scale: [{ tensor: scale }] } : {},
          run([query, value, key = value], context) {
            const energies = tanh(add(unsqueeze(query!.tensor, 2), unsqueeze(key!.tensor, 1)));
            const scores = sum(scale ? mul(energies, scale) : energies, -1);
            const weights = shares(scores, value!.mask, useCausalMask);
            const output = matmul(dropped(layer, weights, context), value!.tensor);
            return [{ tensor: withoutMasked(output, query!.mask), mask: query!.mask }];
          },
        };
      },
    };
  },
};

/** Attention by `scale . tanh(query + key)` (Bahdanau et al. 2015): applied to `[query, value]` or `[query, value, key]`. */
export function additiveAttention(options: AdditiveAttentionOptions & CommonLayerOptions = {}): Layer {
  return new Layer(additiveAttentionKind, options);
}

export interface MultiHeadAttentionOptions {
  /** Attentions side by side. */
  readonly numHeads: number;
  /** Features of queries and keys in each head. */
  readonly keyDim: number;
  /** Features of values in each head. Default: `keyDim`. */
  readonly valueDim?: number | null | undefined;
  /** Share of attention weights dropped in training. Default 0. */
  readonly dropout?: number | undefined;
  /** Default true. */
  readonly useBias?: boolean | undefined;
  /** Features of the output. Default: those of the queries. */
  readonly outputShape?: number | null | undefined;
  /** Whether query `i` sees keys up to `i` only. Default false. */
  readonly useCausalMask?: boolean | undefined;
  /** Default `glorotUniform`. */
  readonly kernelInitializer?: InitializerOption | undefined;
  /** Default `zeros`. */
  readonly biasInitializer?: InitializerOption | undefined;
}

export const multiHeadAttentionKind: LayerKind<MultiHeadAttentionOptions> = {
  className: "MultiHeadAttention",
  optionNames: {
    numHeads: true,
    keyDim: true,
    valueDim: true,
    dropout: true,
    useBias: true,
    outputShape: true,
    useCausalMask: true,
    kernelInitializer: true,
    biasInitializer: true,
  },
  plan(options, inputs, owner) {
    const { numHeads, keyDim, useBias = true } = options;
    const valueDim = options.valueDim ?? keyDim;
    for (const [option, value] of Object.entries({ numHeads, keyDim, valueDim })) requireUnits(owner, value, option);
    const { queries, values, keys } = attended(owner, inputs);
    const outputSize = options.outputShape ?? featuresOf(owner, queries);
    const kernel = resolveInitializer(owner, "kernelInitializer", options.kernelInitializer ?? "glorotUniform");
    const bias = resolveInitializer(owner, "biasInitializer", options.biasInitializer ?? "zeros");
    const projections = [
      { name: "query", inputs: featuresOf(owner, queries), heads: keyDim },
      { name: "key", inputs: featuresOf(owner, keys), heads: keyDim },
      { name: "value", inputs: featuresOf(owner, values), heads: valueDim },
    ];
    return {
      outputs: [[queries[0]!, outputSize]],
      weights: [
        ...projections.flatMap(({ name, inputs: size, heads }) => [
          { name: `${name}/kernel`, shape: [size, numHeads, heads], initializer: kernel },
          ...(useBias ? [{ name: `${name}/bias`, shape: [numHeads, heads], initializer: bias }] : []),
        ]),
        { name: "attention_output/kernel", shape: [numHeads, valueDim, outputSize], initializer: kernel },
        ...(useBias ? [{ name: "attention_output/bias", shape: [outputSize], initializer: bias }] : []),
      ],
      make({ session, stream }) {
        const linearOf = (name: string, inputSize: number, size: number) =>
          [
            name,
            new Linear(session, { inputSize, outputSize: size, bias: useBias, stream: stream.fork(name) }),
          ] as const;
        const linears = new Map([
          ...projections.map(({ name, inputs: size, heads }) => linearOf(name, size, numHeads * heads)),
          linearOf("attention_output", numHeads * valueDim, outputSize),
        ]);
        const layer = new Dropout(options.dropout ?? 0, stream.fork("dropout"));
        const headsOf = (name: string, value: Value) => splitHeads(linears.get(name)!.forward(value.tensor), numHeads);
        return {
          weights: weightsOf(linears),
          run([query, value, key = value], context) {
            const scores = matmul(headsOf("query", query!), headsOf("key", key!), { transposeB: true });
            const scaled = mul(scores, 1 / Math.sqrt(keyDim)); // [batch * heads, queries, keys]
            const mask = (key!.mask ?? value!.mask)?.repeatRows(numHeads);
            const weights = shares(scaled, mask, options.useCausalMask ?? false);
            const kept = dropped(layer, weights, forHeads(context, numHeads));
            const joined = joinHeads(matmul(kept, headsOf("value", value!)), numHeads);
            return [{ tensor: linears.get("attention_output")!.forward(joined), mask: query!.mask }];
          },
        };
      },
    };
  },
};

/** Kernels `[inputs, heads, features]` are matrices `[inputs, heads * features]` to Keras, and transposed to us. */
function weightsOf(linears: ReadonlyMap<string, Linear>): Record<string, readonly WeightPart[]> {
  const weights: Record<string, readonly WeightPart[]> = {};
  for (const [name, { weight, bias }] of linears) {
    weights[`${name}/kernel`] = [transposed(weight)];
    if (bias) weights[`${name}/bias`] = [{ tensor: bias }];
  }
  return weights;
}

/** `[batch, time, heads * features]` to `[batch * heads, time, features]`. */
function splitHeads(x: Tensor, heads: number): Tensor {
  const [batchSize, seqLen, size] = x.shape as [number, number, number];
  const apart = transpose(reshape(x, [batchSize, seqLen, heads, size / heads]), [0, 2, 1, 3]);
  return reshape(apart, [batchSize * heads, seqLen, size / heads]);
}

/** `[batch * heads, time, features]` to `[batch, time, heads * features]`. */
function joinHeads(x: Tensor, heads: number): Tensor {
  const [rows, seqLen, size] = x.shape as [number, number, number];
  const apart = reshape(x, [rows / heads, heads, seqLen, size]);
  return reshape(transpose(apart, [0, 2, 1, 3]), [rows / heads, seqLen, heads * size]);
}

/** Each head of each example has a number of its own, and with it dropout of its own. */
function forHeads(context: RunContext, heads: number): RunContext {
  const { step } = context;
  if (!step.training) return context;
  const examples = Int32Array.from(
    { length: step.examples.length * heads },
    (_, at) => step.examples[Math.floor(at / heads)]! * heads + (at % heads),
  );
  return { ...context, step: { ...step, examples } };
}

/** Several attentions side by side, with learned projections (Vaswani et al. 2017): applied to `[query, value]` or `[query, value, key]`. */
export function multiHeadAttention(
  numHeads: number,
  keyDim: number,
  options: Omit<MultiHeadAttentionOptions, "numHeads" | "keyDim"> & CommonLayerOptions = {},
): Layer {
  return new Layer(multiHeadAttentionKind, { numHeads, keyDim, ...options });
}
