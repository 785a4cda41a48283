/** Options that all recurrent layers have, with Keras's names and defaults. */
import type { Activation } from "@cellstate/lstm-core";
import type { OptionNames } from "@cellstate/tensor";
import type { CommonLayerOptions, Layer } from "../../graph/layer.ts";
import type { SymbolicTensor } from "../../graph/symbolic.ts";
import { type WeightOptions, weightOptionNames } from "../../weights/weight-options.ts";

/** Kernels start `glorotUniform`, recurrent ones `orthogonal`, biases `zeros`, unless options say otherwise. */
export interface RecurrentOptions extends WeightOptions<"kernel" | "recurrent" | "bias"> {
  /** Features of the state and of the output. */
  readonly units: number;
  /** Default `tanh`. */
  readonly activation?: Activation | undefined;
  /** Default true. */
  readonly useBias?: boolean | undefined;
  /** Share of the input's features dropped in training, the same ones at all steps. Default 0. */
  readonly dropout?: number | undefined;
  /** Share of the state's features dropped in training, the same ones at all steps. Default 0. */
  readonly recurrentDropout?: number | undefined;
  /** Whether the output has all steps, or the last one alone. Default false. */
  readonly returnSequences?: boolean | undefined;
  /** Whether the final states come behind the output. Default false. */
  readonly returnState?: boolean | undefined;
  /** Whether rows are read from their end; outputs then come in the order in which they were made. Default false. */
  readonly goBackwards?: boolean | undefined;
  /** Whether each row goes on from the state of the same row in the batch before, until `resetStates()`. Default false. */
  readonly stateful?: boolean | undefined;
  /** Whether masked steps give zeros instead of the output before them. Default false. */
  readonly zeroOutputForMask?: boolean | undefined;
  /** Whether masked steps are read like the others; the mask goes on to the layers above. So Keras 3 does where it is given a state. Default false. */
  readonly ignoreMask?: boolean | undefined;
}

/** Options of cells with gates. */
export interface GatedOptions extends RecurrentOptions {
  /** Of the gates. Default `sigmoid`. */
  readonly recurrentActivation?: Activation | undefined;
}

export const recurrentOptionNames: OptionNames<RecurrentOptions> = {
  units: true,
  activation: true,
  useBias: true,
  ...weightOptionNames("kernel", "recurrent", "bias"),
  dropout: true,
  recurrentDropout: true,
  returnSequences: true,
  returnState: true,
  goBackwards: true,
  stateful: true,
  zeroOutputForMask: true,
  ignoreMask: true,
};

/** What users write: all but the units, which stand before them. */
export type Given<Options> = Omit<Options, "units"> & CommonLayerOptions;

/** A recurrent layer gives its states too where `returnState` says so. */
export type RecurrentLayer<Options, States extends readonly SymbolicTensor[]> = Layer<
  Options extends { readonly returnState: true } ? readonly [output: SymbolicTensor, ...states: States] : SymbolicTensor
>;
