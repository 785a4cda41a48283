/** Arguments of Keras's recurrent layers and of the cells in them. */
import {
  add,
  backward,
  concat,
  denseGradient,
  mul,
  type RecurrentState,
  slice,
  sum,
  type Tensor,
} from "@cellstate/tensor";
import { expect } from "vitest";
import {
  activationPenalty,
  applyConstraints,
  composedKind,
  constant,
  Dropout,
  detachState,
  type Initializer,
  loadStateDict,
  RecurrentLayers,
  rnnCell,
  stackedWeights,
  stateDict,
  weightPenalty,
  zeros,
} from "../../src/index.ts";
import {
  expectCell,
  expectClose,
  expectDropout,
  firstStep,
  type Kind,
  lengths,
  make,
  parameter,
  session,
  sizes,
  stepFromOnes,
  stream,
  training,
  x,
} from "./bench.ts";
import { different, refused, type SupportRow, type SupportRows, supported } from "./row.ts";

const optionOf = (kind: Kind, option: string) => () => make(kind, { [option]: true } as object);

const penalty =
  (weight: string) =>
  (kind: Kind): SupportRow =>
    different(`\`weightPenalty(layer.parameters(), [{ pattern: "${weight}_*", l2 }])\` is added to the loss`, () => {
      const layer = make(kind);
      const tensor = parameter(layer, `${weight}_l0`);
      const loss = weightPenalty(layer.parameters(), [{ pattern: `${weight}_*`, l2: 0.5 }]);
      expectClose(denseGradient(backward(loss).get(tensor)!), tensor);
    });

const constraint =
  (weight: string) =>
  (kind: Kind): SupportRow =>
    different(`\`applyConstraints(layer.parameters(), [{ pattern: "${weight}_*", kind }])\` after each step`, () => {
      const layer = make(kind);
      const tensor = parameter(layer, `${weight}_l0`);
      tensor.write(tensor.readSync().map((value, at) => (at % 2 === 0 ? -1 : value)));
      applyConstraints(layer.parameters(), [{ pattern: `${weight}_*`, kind: "nonNegative" }]);
      expect(Math.min(...tensor.readSync())).toBeGreaterThanOrEqual(0);
    });

const initializer =
  (option: "weightIh" | "weightHh" | "biasIh", weight: string) =>
  (kind: Kind): SupportRow =>
    supported(`\`initializers: { ${option} }\``, () => {
      const initializers: Record<string, Initializer> = { [option]: constant(0.25) };
      expect(new Set(parameter(make(kind, { initializers }), `${weight}_l0`).readSync())).toEqual(new Set([0.25]));
    });

/** Rows of arguments that mean the same in every kind. */
const shared: Readonly<Record<string, (kind: Kind) => SupportRow>> = {
  units: (kind) =>
    supported("`hiddenSize`; `inputSize` is given, too, since weights are made at once", () => {
      expect(make(kind, { hiddenSize: 5, inputSize: 3 }).forward(x).output.shape).toEqual([3, 4, 5]);
    }),
  activation: (kind) =>
    supported("`activation`: a name or a function; one without a bound warns once", () => {
      expectCell(kind, { activation: "softsign" });
    }),
  recurrent_activation: (kind) =>
    supported("`recurrentActivation`; `hardSigmoid` is Keras 3's, `hardSigmoidLegacy` that of Keras 1 and 2", () => {
      expectCell(kind, { recurrentActivation: "hardSigmoid" });
    }),
  use_bias: (kind) =>
    supported("`bias`", () => {
      expect([...make(kind, { bias: false }).parameters().keys()]).toEqual(["weight_ih_l0", "weight_hh_l0"]);
    }),
  kernel_initializer: initializer("weightIh", "weight_ih"),
  recurrent_initializer: initializer("weightHh", "weight_hh"),
  bias_initializer: initializer("biasIh", "bias_ih"),
  unit_forget_bias: (kind) =>
    different("true; `initializers: { biasIh: zeros }` for false", () => {
      const biasOf = (options: object) => [...parameter(make(kind, options), "bias_ih_l0").readSync()];
      expect(biasOf({}).slice(4, 8)).toEqual([1, 1, 1, 1]);
      expect(new Set(biasOf({ initializers: { biasIh: zeros } }))).toEqual(new Set([0]));
    }),
  kernel_regularizer: penalty("weight_ih"),
  recurrent_regularizer: penalty("weight_hh"),
  bias_regularizer: penalty("bias_ih"),
  activity_regularizer: (kind) =>
    different("`activationPenalty(output, factor)` is added to the loss", () => {
      const layer = make(kind);
      const gradients = backward(activationPenalty(layer.forward(x, { lengths }).output, 2, { lengths }));
      expect(gradients.get(parameter(layer, "weight_hh_l0"))).toBeDefined();
    }),
  kernel_constraint: constraint("weight_ih"),
  recurrent_constraint: constraint("weight_hh"),
  bias_constraint: constraint("bias_ih"),
  dropout: (kind) =>
    supported("`inputDropoutRate`: one mask for all steps; `dropoutRate` acts between layers of a stack", () => {
      expectDropout(kind, { inputDropoutRate: 0.5 });
    }),
  recurrent_dropout: (kind) =>
    supported("`recurrentDropoutRate`", () => {
      expectDropout(kind, { recurrentDropoutRate: 0.5 });
    }),
  seed: (kind) =>
    different("`stream`, which also draws the first weights; there is no unseeded layer", () => {
      const weights = () => parameter(make(kind), "weight_hh_l0");
      expect(weights()).toEqualTensorBits(weights());
    }),
  return_sequences: (kind) =>
    different("always: `output` has all steps, `lastOutput` is what Keras gives without", () => {
      const { output, lastOutput } = make(kind).forward(slice(x, 0, 0, 1));
      expect([...lastOutput.readSync()]).toEqual([...slice(output, 1, 3, 4).readSync()]);
    }),
  return_state: (kind) =>
    different("always: `state` has the last states of each layer and direction", () => {
      const { state } = make(kind, { numLayers: 2, bidirectional: true }).forward(x, { lengths });
      expect(state.map(({ hiddenState }) => hiddenState.shape)).toEqual(new Array(4).fill([3, 4]));
    }),
  go_backwards: (kind) =>
    different(
      '`readingOrder: "reverse"`; outputs stand at their own steps, where Keras lists them as they are read',
      () => {
        const flipped = (tensor: Tensor) =>
          concat(
            [3, 2, 1, 0].map((time) => slice(tensor, 1, time, time + 1)),
            1,
          );
        const back = make(kind, { readingOrder: "reverse" }).forward(x).output;
        expect(back).toEqualTensorBits(flipped(make(kind).forward(flipped(x)).output));
      },
    ),
  stateful: (kind) =>
    different("a layer remembers nothing: `initialState` takes `detachState(state)` of the batch before", () => {
      const layer = make(kind);
      const first = layer.forward(slice(x, 1, 0, 2));
      const initialState = detachState(first.state);
      const second = layer.forward(slice(x, 1, 2, 4), { initialState });
      expect(concat([first.output, second.output], 1)).toEqualTensorBits(layer.forward(x).output);
    }),
  unroll: (kind) =>
    refused(optionOf(kind, "unroll"), "got unroll", "a layer is one operation, and nothing is unrolled"),
  use_cudnn: (kind) =>
    refused(optionOf(kind, "useCudnn"), "got useCudnn", "whatever runs as one operation does, with the same bits"),
  reset_after: (kind) =>
    supported("`resetAfter`; false has one bias", () => {
      expectCell(kind, { resetAfter: false });
    }),
};

/** Arguments of `call`. */
const ofCall: Readonly<Record<string, (kind: Kind) => SupportRow>> = {
  sequences: (kind) =>
    supported("`forward(x)`, `[batch, time, inputSize]`", () => {
      expect(make(kind).forward(x).output.shape).toEqual([3, 4, 4]);
    }),
  initial_state: (kind) =>
    supported("`initialState`: one state for each layer and direction; gradients flow to it", () => {
      const layer = make(kind);
      const hiddenState = session.full([3, 4], 0.5, { requiresGrad: true });
      const { output } = layer.forward(x, { initialState: [layer.startState(hiddenState)] });
      expect(backward(sum(output)).get(hiddenState)).toBeDefined();
    }),
  mask: (kind) =>
    different("`lengths`: rows end in padding, which is never read and gives zeros", () => {
      const { output } = make(kind).forward(x, { lengths });
      expect(new Set(slice(slice(output, 0, 1, 2), 1, 2, 4).readSync())).toEqual(new Set([0]));
    }),
  training: (kind) =>
    different("`step`, the address of dropout: training or not, which step, which examples", () => {
      const layer = make(kind, { recurrentDropoutRate: 0.5 });
      const outputOf = () => layer.forward(x, { step: training }).output;
      expect(outputOf()).toEqualTensorBits(outputOf());
      expect([...outputOf().readSync()]).not.toEqual([...layer.forward(x).output.readSync()]);
    }),
};

const applied = (rows: Readonly<Record<string, (kind: Kind) => SupportRow>>, kind: Kind): SupportRows =>
  Object.fromEntries(Object.entries(rows).map(([argument, row]) => [argument, row(kind)]));

export const kerasLayerRows = (kind: Kind): SupportRows => applied(shared, kind);
export const kerasCallRows = (kind: Kind): SupportRows => applied(ofCall, kind);

/** A cell is a function whose weights a layer makes. */
export const kerasCellRows = (kind: Kind): SupportRows => ({
  ...kerasLayerRows(kind),
  units: different("of the layer whose `weightsOf(0)` the cell is given", () => {
    expect(stepFromOnes(kind).shape).toEqual([3, 4]);
  }),
  dropout: different("the caller drops features of the input, with `Dropout`", () => {
    const dropped = new Dropout(0.5, stream).forward(firstStep, training).readSync();
    expect(dropped.filter((value) => value === 0).length).toBeGreaterThan(0);
  }),
  recurrent_dropout: different("`recurrentDropoutMask`, which the caller draws once for all steps", () => {
    const unseen = stepFromOnes(kind, session.zeros([3, 4]));
    expect([...stepFromOnes(kind).readSync()]).not.toEqual([...unseen.readSync()]);
  }),
});

/** `RNN`, `StackedRNNCells` and `Bidirectional`. */
export const kerasWrapperRows: Readonly<Record<string, SupportRows>> = {
  RNN: {
    ...kerasLayerRows("rnn"),
    cell: supported(
      "`new RecurrentLayers(session, kindOf, options)` of a `composedKind`, for any cell of one's own",
      () => {
        const kindOf = (stateSize: number) =>
          composedKind({
            name: "Mine",
            stateSize,
            makeWeights: stackedWeights(["hidden"], stateSize),
            startState: (hiddenState: Tensor): RecurrentState => ({ hiddenState }),
            cell: rnnCell,
          });
        const mine = new RecurrentLayers(session, kindOf, sizes);
        const theirs = make("rnn");
        loadStateDict(mine, stateDict(theirs));
        expectClose(mine.forward(x, { lengths }).output, theirs.forward(x, { lengths }).output);
      },
    ),
    zero_output_for_mask: different("always: outputs on padding are 0", () => {
      const { output } = make("rnn").forward(x, { lengths });
      expect(new Set(slice(slice(output, 0, 2, 3), 1, 3, 4).readSync())).toEqual(new Set([0]));
    }),
  },
  StackedRNNCells: {
    cells: different(
      "`numLayers`, or `hiddenSize: [6, 5]`: layers of one kind; other kinds are layers one after the other",
      () => {
        const { output, state } = make("gru", { hiddenSize: [6, 5] }).forward(x, { lengths });
        expect([output.shape[2], ...state.map(({ hiddenState }) => hiddenState.shape[1])]).toEqual([5, 6, 5]);
      },
    ),
  },
  Bidirectional: {
    layer: different("`bidirectional: true`, in every layer of a stack", () => {
      expect(make("lstm", { bidirectional: true, numLayers: 2 }).forward(x).output.shape).toEqual([3, 4, 8]);
    }),
    merge_mode: supported(
      '`mergeMode`; Keras\'s `"ave"` is `"average"`, its `None` is `"none"` and gives `outputs`',
      () => {
        const both = make("gru", { bidirectional: true, mergeMode: "none" }).forward(x, { lengths });
        const average = make("gru", { bidirectional: true, mergeMode: "average" }).forward(x, { lengths });
        const [forward, reverse] = both.outputs;
        expect(average.output).toEqualTensorBits(mul(add(forward!, reverse!), 0.5));
      },
    ),
    weights: different("`loadStateDict`", () => {
      const [from, to] = [
        make("gru", { bidirectional: true }),
        make("gru", { bidirectional: true, stream: stream.fork("to") }),
      ];
      loadStateDict(to, stateDict(from));
      expect(to.forward(x).output).toEqualTensorBits(from.forward(x).output);
    }),
    backward_layer: different(
      'the same kind and sizes in both directions; another layer with `readingOrder: "reverse"` beside',
      () => {
        const [forward, reverse] = [make("lstm"), make("gru", { hiddenSize: 2, readingOrder: "reverse" })];
        const joined = concat([forward.forward(x, { lengths }).output, reverse.forward(x, { lengths }).output], 2);
        expect(joined.shape).toEqual([3, 4, 6]);
      },
    ),
  },
};
