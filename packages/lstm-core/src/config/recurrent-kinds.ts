/** The options of each kind of recurrent layer: an entry a kind, as in `layers/build-recurrent.ts`. */
import { z } from "zod";
import { activationNames } from "../activations/activations.ts";
import type { CellChoice } from "../layers/define-cell.ts";
import { mergeModes, readingOrders } from "../layers/recurrent-options.ts";
import { initializersConfig } from "./initializers.ts";
import { optionsAgree } from "./option-conflicts.ts";
import { dropoutRate, fitMemory, type RecurrentSizes, size } from "./ranges.ts";
import { weightsAreThere } from "./weights-there.ts";

const heads = z
  .int()
  .min(1)
  .optional()
  .describe(
    "equal blocks of units, each with a memory of its own; divides hiddenSize. Default: 4, or the largest of 3, 2, 1 that divides it",
  );

const block = z
  .boolean()
  .optional()
  .describe(
    "each layer is a residual block as in the paper: normalization, a short causal convolution, the cell, and projections to more features and back. Default: false, the cell alone",
  );

/** Options of layers that may read in both directions, for the shared ones of a section. */
export const directionOptions = {
  mergeMode: z
    .enum(mergeModes)
    .exclude(["none"])
    .optional()
    .describe("how the outputs of both directions become one: side by side, or one number each. Default: concat"),
  readingOrder: z
    .enum(readingOrders)
    .optional()
    .describe(
      "where layers of one direction start to read: at the start, at the end, or in turn (Zhou & Xu 2015). Default: forward",
    ),
};

const gateActivation = z
  .enum(activationNames)
  .optional()
  .describe("activation function of the gates. Default: sigmoid; others go step by step, which is slower");

const stateActivation = (fast: string) =>
  z
    .enum(activationNames)
    .optional()
    .describe(
      `activation function of what enters and leaves the state; others than ${fast} go step by step, which is slower. Default: tanh`,
    );

const weightDrop = dropoutRate
  .optional()
  .describe("share of the recurrent weights that are 0 in a step of training (Merity et al. 2018). Default: 0");

const zoneoutRate = dropoutRate.describe("share of features that keep their value of the step before in training");

const zoneout = z
  .union([zoneoutRate, z.strictObject({ hidden: zoneoutRate.default(0), cell: zoneoutRate.default(0) })])
  .optional()
  .describe(
    "share of the features of hidden and cell state that keep their value of the step before in training (Krueger et al. 2017), or a share for each; such layers go step by step, which is slower. Default: 0",
  );

const bias = z.boolean().optional().describe("whether biases are added and learned. Default: true");

const penaltyFactor = z.number().min(0).max(1_000_000);

/** Weights of layers with a gate between them, which any kind may have. */
const highwayWeights = ["weightHighway", "biasHighway"] as const;
const gatedWeights = ["weightIh", "weightHh", "biasIh", "biasHh", ...highwayWeights] as const;
const lstmWeights = [
  ...gatedWeights,
  ...(["weightHr", "peepholes", "gainIh", "gainHh", "gainCell", "biasCell"] as const),
] as const;
/** Those of a block around the cell. */
const blockWeights = [
  ...(["weightIn", "normGain", "normBias", "convWeight", "convBias", "headGain", "weightUp", "weightDown"] as const),
] as const;
const slstmWeights = [
  ...(["weightIh", "weightHh", "biasIh"] as const),
  ...blockWeights,
  ...(["upNormGain", "upNormBias"] as const),
  ...highwayWeights,
] as const;
const mlstmWeights = [
  ...(["weightIh", "biasIh", "weightGates", "biasGates"] as const),
  ...blockWeights,
  ...(["weightQuery", "weightKey", "weightValue", "skip"] as const),
  ...highwayWeights,
] as const;

/**
 * The kinds of recurrent layers, for a union by `kind`: the options of each beside the `shared` ones.
 *
 * @param cells  kinds besides those that come along. Default: none
 */
export function recurrentKinds<Shared extends z.ZodRawShape>(shared: Shared, cells: readonly CellChoice[] = []) {
  const { known, common } = knownKinds(shared);
  const own = cells.map(({ kind, description, options, blocks }) =>
    z
      .strictObject({ kind: z.literal(kind), ...common, ...options })
      .superRefine(fits(blocks))
      .superRefine(optionsAgree)
      .describe(description),
  );
  // Their types are known to nobody but those who wrote them.
  return [...known, ...own] as unknown as typeof known;
}

function knownKinds<Shared extends z.ZodRawShape>(shared: Shared) {
  const stacked = {
    ...shared,
    inputDropout: dropoutRate
      .optional()
      .describe(
        "share of the input's features that the first layer does not see in training, the same ones at all steps (Gal & Ghahramani 2016). Default: 0",
      ),
    variationalDropout: z
      .boolean()
      .optional()
      .describe("drops the same features between layers at all steps (Gal & Ghahramani 2016). Default: false"),
    activationPenalty: penaltyFactor
      .optional()
      .describe(
        "factor of the mean square of the last layer's outputs, which joins the loss in training (activation regularization, Merity et al. 2018). Default: 0",
      ),
    temporalActivationPenalty: penaltyFactor
      .optional()
      .describe(
        "factor of the mean square of their change from one step to the next (temporal activation regularization, Merity et al. 2018). Default: 0",
      ),
    residual: z
      .boolean()
      .optional()
      .describe("adds to the output of each layer but the first that of the layer below. Default: false"),
    highway: z
      .boolean()
      .optional()
      .describe(
        "mixes the output of each layer but the first with that of the layer below by a gate (Srivastava et al. 2015). Default: false",
      ),
  };
  const common = {
    ...stacked,
    recurrentDropout: dropoutRate
      .optional()
      .describe(
        "share of the hidden state's features dropped on their way to the next step in training, the same ones at all steps (Gal & Ghahramani 2016). Default: 0",
      ),
  };
  const known = [
    z
      .strictObject({
        kind: z.literal("lstm").default("lstm").describe("kind of recurrent layers"),
        ...common,
        bias,
        initializers: initializersConfig(lstmWeights),
        projectionSize: size
          .optional()
          .describe("size that the output of each cell is projected to. Default: no projection"),
        peepholes: z.boolean().optional().describe("the gates also see the cell state. Default: false"),
        gateLayerNorm: z
          .boolean()
          .optional()
          .describe("layer normalization of gates and cell state at each step. Default: false"),
        cellClip: z
          .number()
          .positive()
          .optional()
          .describe("largest magnitude of a cell state; larger ones are clipped. Default: no limit"),
        activation: stateActivation("tanh and relu"),
        recurrentActivation: gateActivation,
        zoneout,
        weightDrop,
      })
      .superRefine(fits(4))
      .superRefine(weightsAreThere)
      .superRefine(optionsAgree)
      .describe("LSTM layers"),
    z
      .strictObject({
        kind: z.literal("gru"),
        ...common,
        bias,
        initializers: initializersConfig(gatedWeights),
        activation: stateActivation("tanh"),
        recurrentActivation: gateActivation,
        resetAfter: z
          .boolean()
          .optional()
          .describe(
            "whether the reset gate acts after the hidden product or before it, as in Cho et al. 2014, which goes step by step and is slower. Default: true",
          ),
        weightDrop,
      })
      .superRefine(fits(3))
      .superRefine(weightsAreThere)
      .superRefine(optionsAgree)
      .describe("GRU layers"),
    z
      .strictObject({
        kind: z.literal("rnn"),
        ...common,
        bias,
        initializers: initializersConfig(gatedWeights),
        activation: z
          .enum(activationNames)
          .default("tanh")
          .describe(
            "activation function of the hidden state; others than tanh and relu go step by step, which is slower",
          ),
        weightDrop,
      })
      .superRefine(fits(1))
      .superRefine(weightsAreThere)
      .superRefine(optionsAgree)
      .describe("simple recurrent layers (Elman 1990)"),
    z
      .strictObject({ kind: z.literal("mgu"), ...common, initializers: initializersConfig(gatedWeights) })
      .superRefine(fits(2))
      .superRefine(weightsAreThere)
      .superRefine(optionsAgree)
      .describe("layers of minimal gated units (Zhou et al. 2016)"),
    z
      .strictObject({ kind: z.literal("cifg"), ...common, initializers: initializersConfig(gatedWeights) })
      .superRefine(fits(3))
      .superRefine(weightsAreThere)
      .superRefine(optionsAgree)
      .describe("LSTM layers whose input gate is what the forget gate leaves (Greff et al. 2017)"),
    z
      .strictObject({
        kind: z.literal("slstm"),
        ...common,
        initializers: initializersConfig(slstmWeights),
        heads,
        block,
      })
      .superRefine(fits(4))
      .superRefine(weightsAreThere)
      .superRefine(optionsAgree)
      .superRefine(headsDivide)
      .describe("sLSTM layers: exponential gates and a normalizer (Beck et al. 2024)"),
    z
      .strictObject({
        kind: z.literal("mlstm"),
        ...stacked,
        initializers: initializersConfig(mlstmWeights),
        heads,
        block,
        chunkSize: size
          .optional()
          .describe("steps that are computed side by side; 1 walks step by step, slowly. Default: 64"),
      })
      .superRefine(fits(4))
      .superRefine(weightsAreThere)
      .superRefine(optionsAgree)
      .superRefine(headsDivide)
      .describe(
        "mLSTM layers: a matrix as memory (Beck et al. 2024). Nothing reads the hidden state, so it cannot be dropped",
      ),
  ] as const;
  return { known, common };
}

/** The sizes are among the shared options, which only the caller knows. */
function fits(blocks: number) {
  const check = fitMemory(blocks);
  return (section: object, context: z.RefinementCtx) => check(section as RecurrentSizes, context);
}

/** As in `fits`. */
function headsDivide(section: object, context: z.RefinementCtx): void {
  const { hiddenSize, heads = 1 } = section as RecurrentSizes & { readonly heads?: number };
  const odd = [hiddenSize].flat().find((units) => units % heads !== 0);
  if (odd === undefined) return;
  context.addIssue({ code: "custom", path: ["heads"], message: `must divide hiddenSize ${odd}` });
}

/** What any section made by `recurrentKinds` must have for `buildRecurrent`. */
export type RecurrentSection = z.infer<ReturnType<typeof recurrentKinds<Record<never, never>>>[number]> & {
  readonly hiddenSize: number | readonly number[];
  readonly numLayers?: number | undefined;
  readonly bidirectional?: boolean;
  readonly dropout: number;
} & { readonly [Name in keyof typeof directionOptions]?: z.infer<(typeof directionOptions)[Name]> };
