/** The options that stacks of all kinds of recurrent layers have, and what follows from those that are left out. */
import { OptionError, type OptionNames, type RandomStream } from "@cellstate/tensor";
import { requireChoice, requireRate, requireSize } from "../errors.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { type OutputPenaltyFactors, requireOutputPenalties } from "../penalties/output-penalties.ts";
import { warnOnce } from "../warn.ts";

/** What becomes of the outputs of both directions: side by side, or one of them and the other. */
export const mergeModes = ["concat", "sum", "mul", "average", "none"] as const;
export type MergeMode = (typeof mergeModes)[number];

/** Where the layers of one direction read: from the start, from the end of each row, or in turn, the first one from the start. */
export const readingOrders = ["forward", "reverse", "alternating"] as const;
export type ReadingOrder = (typeof readingOrders)[number];

/** The penalties are those of the output of the last layer. */
export interface RecurrentLayerOptions extends OutputPenaltyFactors {
  readonly inputSize: number;
  /** Units of each layer in each direction; a list has one for each layer. */
  readonly hiddenSize: number | readonly number[];
  /** Default: 1, or as many as `hiddenSize` lists. */
  readonly numLayers?: number | undefined;
  /** Also reads each row from its true end to its start. Default false. */
  readonly bidirectional?: boolean | undefined;
  /**
   * How the outputs of both directions become one, in every layer: `concat` (forward features first), `sum`, `mul`, `average`; or
   * `none`, which is `concat` between layers and gives both outputs of the last layer apart. Default `concat`.
   */
  readonly mergeMode?: MergeMode | undefined;
  /**
   * Of layers in one direction: `forward`, `reverse` (from each row's true end; outputs stand at the steps that they belong to) or
   * `alternating` (every other layer in reverse, Zhou & Xu 2015). Default `forward`.
   */
  readonly readingOrder?: ReadingOrder | undefined;
  /**
   * Share of the input's features that the first layer does not see, in `[0, 1)`: the same ones at all steps of a sequence
   * (Gal & Ghahramani 2016). Default 0.
   */
  readonly inputDropoutRate?: number | undefined;
  /** Dropout between layers, in `[0, 1)`; the last layer's output is not dropped, so with one layer it does nothing and warns. Default 0. */
  readonly dropoutRate?: number | undefined;
  /** Whether dropout between layers drops the same features at all steps of a sequence (Gal & Ghahramani 2016). Default false. */
  readonly variationalDropout?: boolean | undefined;
  /**
   * Share of the hidden state's features that no hidden product sees, in `[0, 1)`: the same ones at all steps of a sequence
   * (Gal & Ghahramani 2016). Default 0.
   */
  readonly recurrentDropoutRate?: number | undefined;
  /** Adds to the output of each layer but the first the output of the layer below (He et al. 2016; Wu et al. 2016). Default false. */
  readonly residual?: boolean | undefined;
  /**
   * Mixes both instead by a gate `t` of each feature, `t * output + (1 - t) * below` with `t = sigmoid(W below + b)`
   * (Srivastava et al. 2015); weights `weight_highway_l1`, `bias_highway_l1`, the latter from -1 on. Default false.
   */
  readonly highway?: boolean | undefined;
  /** First values by weight, such as `{ weightHh: orthogonal, biasIh: zeros }`, each in place of the kind's own; see `eachGate`. */
  readonly initializers?: Readonly<Record<string, Initializer>> | undefined;
  /** Draws the first weights and the dropout masks. */
  readonly stream: RandomStream;
}

/** The options of all kinds by name. */
export const recurrentLayerOptionNames: OptionNames<RecurrentLayerOptions> = {
  inputSize: true,
  hiddenSize: true,
  numLayers: true,
  bidirectional: true,
  mergeMode: true,
  readingOrder: true,
  inputDropoutRate: true,
  dropoutRate: true,
  variationalDropout: true,
  recurrentDropoutRate: true,
  residual: true,
  highway: true,
  initializers: true,
  activationPenalty: true,
  temporalActivationPenalty: true,
  stream: true,
};

/** All options with their defaults. */
export interface ResolvedOptions extends OutputPenaltyFactors {
  readonly inputSize: number;
  /** One for each layer. */
  readonly hiddenSizes: readonly number[];
  readonly directions: 1 | 2;
  readonly mergeMode: MergeMode;
  readonly readingOrder: ReadingOrder;
  readonly inputDropoutRate: number;
  readonly dropoutRate: number;
  readonly variationalDropout: boolean;
  readonly recurrentDropoutRate: number;
  readonly connection: "residual" | "highway" | undefined;
  readonly initializers: Readonly<Record<string, Initializer>>;
  readonly stream: RandomStream;
}

/**
 * Fills in defaults, and warns once of options that do nothing.
 *
 * @param owner  whose options they are
 * @throws {OptionError} if an option lies outside its range or contradicts another one
 */
export function resolveOptions(owner: string, options: RecurrentLayerOptions): ResolvedOptions {
  const {
    inputSize,
    inputDropoutRate = 0,
    dropoutRate = 0,
    recurrentDropoutRate = 0,
    initializers = {},
    stream,
  } = options;
  const { variationalDropout = false } = options;
  const { bidirectional = false, mergeMode = "concat", readingOrder = "forward" } = options;
  requireSize(owner, "inputSize", inputSize);
  requireRate(owner, "inputDropoutRate", inputDropoutRate);
  requireRate(owner, "dropoutRate", dropoutRate);
  requireRate(owner, "recurrentDropoutRate", recurrentDropoutRate);
  requireChoice(owner, "mergeMode", mergeMode, mergeModes);
  requireChoice(owner, "readingOrder", readingOrder, readingOrders);
  if (bidirectional && readingOrder !== "forward") {
    throw new OptionError(
      owner,
      "readingOrder",
      "forward with bidirectional, which reads in both directions",
      readingOrder,
    );
  }
  requireOutputPenalties(owner, options);
  const hiddenSizes = sizesOf(owner, options);
  if (dropoutRate > 0 && hiddenSizes.length === 1) {
    warnOnce(`${owner}: dropoutRate ${dropoutRate} does nothing with numLayers 1, since it acts between layers`);
  }
  if (options.mergeMode !== undefined && !bidirectional) {
    warnOnce(`${owner}: mergeMode ${mergeMode} does nothing without bidirectional, since there is one output`);
  }
  return {
    inputSize,
    hiddenSizes,
    directions: bidirectional ? 2 : 1,
    mergeMode,
    readingOrder,
    inputDropoutRate,
    dropoutRate,
    variationalDropout,
    recurrentDropoutRate,
    connection: connectionOf(owner, options, hiddenSizes),
    initializers,
    activationPenalty: options.activationPenalty,
    temporalActivationPenalty: options.temporalActivationPenalty,
    stream,
  };
}

function sizesOf(owner: string, { hiddenSize, numLayers }: RecurrentLayerOptions): readonly number[] {
  if (numLayers !== undefined) requireSize(owner, "numLayers", numLayers);
  if (typeof hiddenSize === "number") {
    requireSize(owner, "hiddenSize", hiddenSize);
    return new Array<number>(numLayers ?? 1).fill(hiddenSize);
  }
  if (!Array.isArray(hiddenSize) || hiddenSize.length === 0) {
    throw new OptionError(owner, "hiddenSize", "an integer >= 1 or a list of them", hiddenSize);
  }
  hiddenSize.forEach((size, layer) => {
    requireSize(owner, `hiddenSize[${layer}]`, size);
  });
  if (numLayers !== undefined && numLayers !== hiddenSize.length) {
    throw new OptionError(owner, "numLayers", `${hiddenSize.length}, as hiddenSize lists, or left out`, numLayers);
  }
  return [...hiddenSize];
}

function connectionOf(
  owner: string,
  { residual = false, highway = false }: RecurrentLayerOptions,
  hiddenSizes: readonly number[],
): ResolvedOptions["connection"] {
  if (!residual && !highway) return undefined;
  if (residual && highway)
    throw new OptionError(owner, "highway", "false with residual, of which it takes the place", true);
  const name = residual ? "residual" : "highway";
  if (new Set(hiddenSizes).size > 1) {
    throw new OptionError(
      owner,
      "hiddenSize",
      `one size for all layers with ${name}, which adds layers up`,
      `[${hiddenSizes.join(", ")}]`,
    );
  }
  if (hiddenSizes.length === 1)
    warnOnce(`${owner}: ${name} does nothing with numLayers 1, since it acts between layers`);
  return name;
}
