/** Which weights recurrent layers have by an option alone: first values for others are refused where the config gives them. */
import type { z } from "zod";
import { type RecurrentSizes, unitsOf } from "./ranges.ts";

/** The options that weights follow from; a kind has some of them. */
interface WeightOptions extends RecurrentSizes {
  readonly kind: string;
  readonly initializers?: Readonly<Record<string, unknown>> | undefined;
  readonly bias?: boolean | undefined;
  readonly highway?: boolean | undefined;
  readonly peepholes?: boolean | undefined;
  readonly gateLayerNorm?: boolean | undefined;
  readonly block?: boolean | undefined;
}

/** A condition on the options, and how a config meets it. */
interface Condition {
  readonly holds: (options: WeightOptions) => boolean;
  readonly how: string;
}

const withBias: Condition = { holds: ({ bias }) => bias !== false, how: "bias: true" };
const withHighway: Condition = {
  holds: (options) => options.highway === true && unitsOf(options).length > 1,
  how: "highway: true and two layers or more",
};
const withNorm: Condition = { holds: ({ gateLayerNorm }) => gateLayerNorm === true, how: "gateLayerNorm: true" };
const withBlock: Condition = { holds: ({ block }) => block === true, how: "block: true" };
/** A block of mLSTM has projections of its own in their place. */
const withoutMlstmBlock: Condition = {
  holds: ({ kind, block }) => kind !== "mlstm" || block !== true,
  how: "block: false",
};

const conditions: Readonly<Record<string, readonly Condition[]>> = {
  weightIh: [withoutMlstmBlock],
  biasIh: [withBias, withoutMlstmBlock],
  biasHh: [withBias],
  weightHr: [{ holds: ({ projectionSize }) => projectionSize !== undefined, how: "projectionSize" }],
  peepholes: [{ holds: ({ peepholes }) => peepholes === true, how: "peepholes: true" }],
  gainIh: [withNorm],
  gainHh: [withNorm],
  gainCell: [withNorm],
  biasCell: [withNorm],
  weightIn: [withBlock],
  normGain: [withBlock],
  normBias: [withBlock],
  upNormGain: [withBlock],
  upNormBias: [withBlock],
  convWeight: [withBlock],
  convBias: [withBlock],
  headGain: [withBlock],
  weightUp: [withBlock],
  weightDown: [withBlock],
  weightQuery: [withBlock],
  weightKey: [withBlock],
  weightValue: [withBlock],
  skip: [withBlock],
  weightHighway: [withHighway],
  biasHighway: [withHighway],
};

/** Refuses first values of weights that the section's layers do not have, saying with which option they would. */
export function weightsAreThere(section: object, context: z.RefinementCtx): void {
  const options = section as WeightOptions;
  for (const [name, initializer] of Object.entries(options.initializers ?? {})) {
    const unmet = initializer === undefined ? undefined : conditions[name]?.find(({ holds }) => !holds(options));
    if (unmet === undefined) continue;
    const message = `these layers have no ${name}; it comes with ${unmet.how}`;
    context.addIssue({ code: "custom", path: ["initializers", name], message });
  }
}
