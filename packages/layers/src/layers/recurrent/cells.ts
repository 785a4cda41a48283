/** What tells the recurrent layers apart: gates, their order in Keras, biases, and the module that runs them. */
import {
  Gru,
  type Initializer,
  Lstm,
  type RecurrentLayerOptions,
  type RecurrentModule,
  Rnn,
} from "@cellstate/lstm-core";
import type { RecurrentState, RecurrentWeights, Session, Tensor } from "@cellstate/tensor";
import { withForgetBias } from "../../weights/initializers.ts";
import { gateColumns, type WeightPart } from "../../weights/layout.ts";
import { activationOf, plainName } from "../activate.ts";
import type { GatedOptions, RecurrentOptions } from "./options.ts";

/** A stack of one layer whose weights can be reached. */
export interface RecurrentStack extends RecurrentModule {
  weightsOf(layer: number, direction: 0 | 1): RecurrentWeights;
}

export interface CellKind<Options extends RecurrentOptions> {
  readonly className: string;
  /** Keras's place of each of our gates. */
  readonly gates: readonly number[];
  /** Tensors of its state. */
  readonly stateCount: 1 | 2;
  /** Rows of Keras's bias: 2 where the hidden part has its own. */
  biasRows(options: Options): 1 | 2;
  biasInitializer(options: Options, initializer: Initializer): Initializer;
  /** @throws {OptionError} if an activation is unknown */
  checkActivations(owner: string, options: Options): void;
  make(session: Session, options: Options, stack: RecurrentLayerOptions): RecurrentStack;
}

export interface LstmOptions extends GatedOptions {
  /** Whether the forget gate's bias starts at 1. Default true. */
  readonly unitForgetBias?: boolean | undefined;
}

export interface GruOptions extends GatedOptions {
  /** Whether the reset gate acts behind the hidden product (Keras 2 and 3, PyTorch), or before it (Keras 1). Default true. */
  readonly resetAfter?: boolean | undefined;
}

function activationsOf({ activation = "tanh", recurrentActivation = "sigmoid" }: GatedOptions) {
  return { activation: plainName(activation), recurrentActivation: plainName(recurrentActivation) };
}

function checkGated(owner: string, { activation = "tanh", recurrentActivation = "sigmoid" }: GatedOptions): void {
  activationOf(owner, "activation", activation);
  activationOf(owner, "recurrentActivation", recurrentActivation);
}

export const lstmCell: CellKind<LstmOptions> = {
  className: "LSTM",
  gates: [0, 1, 2, 3],
  stateCount: 2,
  biasRows: () => 1,
  biasInitializer: ({ units, unitForgetBias = true }, initializer) =>
    unitForgetBias ? withForgetBias(initializer, units) : initializer,
  checkActivations: checkGated,
  make: (session, options, stack) => new Lstm(session, { ...stack, ...activationsOf(options) }),
};

export const gruCell: CellKind<GruOptions> = {
  className: "GRU",
  gates: [1, 0, 2], // reset, update, candidate; Keras has update, reset, candidate
  stateCount: 1,
  biasRows: ({ resetAfter = true }) => (resetAfter ? 2 : 1),
  biasInitializer: (_options, initializer) => initializer,
  checkActivations: checkGated,
  make: (session, options, stack) =>
    new Gru(session, { ...stack, ...activationsOf(options), resetAfter: options.resetAfter }),
};

export const simpleRnnCell: CellKind<RecurrentOptions> = {
  className: "SimpleRNN",
  gates: [0],
  stateCount: 1,
  biasRows: () => 1,
  biasInitializer: (_options, initializer) => initializer,
  checkActivations: (owner, { activation = "tanh" }) => void activationOf(owner, "activation", activation),
  make: (session, options, stack) =>
    new Rnn(session, { ...stack, activation: plainName(options.activation ?? "tanh") }),
};

/** The tensors of one direction as Keras's weights. A single bias is all in one tensor; the other stays 0 and is not trained. */
export function partsOf<Options extends RecurrentOptions>(
  cell: CellKind<Options>,
  options: Options,
  { weightIh, weightHh, biasIh, biasHh }: RecurrentWeights,
): Record<"kernel" | "recurrent_kernel" | "bias", WeightPart[]> {
  const { gates } = cell;
  const columns = gates.length * options.units;
  const bias = [gateColumns(biasIh, gates)];
  if (cell.biasRows(options) === 2) bias.push(gateColumns(biasHh, gates, columns));
  return { kernel: [gateColumns(weightIh, gates)], recurrent_kernel: [gateColumns(weightHh, gates)], bias };
}

/** States in Keras's order. */
export function tensorsOf(state: RecurrentState): Tensor[] {
  const { hiddenState, ...rest } = state as RecurrentState & { readonly cellState?: Tensor };
  return rest.cellState === undefined ? [hiddenState] : [hiddenState, rest.cellState];
}

/** A state from Keras's tensors of it. */
export function stateOf([hiddenState, cellState]: readonly Tensor[]): RecurrentState {
  return cellState === undefined
    ? { hiddenState: hiddenState! }
    : ({ hiddenState: hiddenState!, cellState } as RecurrentState);
}
