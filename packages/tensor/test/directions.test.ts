/** Both directions of a layer at once give the bits of two single runs whose outputs are joined, on every backend. */
import { describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { type Build, comparison, onEveryBackend, resultsOf } from "./every-backend.ts";

const sessions = onEveryBackend();
const { agree, forShapes } = comparison(sessions);

interface Run {
  readonly weights: t.RecurrentWeights;
  readonly options: t.RecurrentOptions;
}
/** Output, then states. */
type Both = (x: t.Tensor, first: Run, second: Run) => readonly t.Tensor[];

interface Kind {
  readonly gates: number;
  readonly together: Both;
  /** Output, then state. */
  readonly single: (x: t.Tensor, run: Run) => readonly t.Tensor[];
}

const tensorsOf = ({ output, states }: t.BidirectionalOutput<t.RecurrentState>): t.Tensor[] => [
  output,
  ...states.flatMap((state) => Object.values<t.Tensor>({ ...state })),
];

function lstmKind(more: t.LstmOptions): Kind {
  const withMore = ({ weights, options }: Run) => ({ weights, options: { ...(options as t.LstmOptions), ...more } });
  return {
    gates: 4,
    together: (x, first, second) => tensorsOf(t.bidirectionalLstm(x, [withMore(first), withMore(second)])),
    single: (x, run) => Object.values(t.lstm(x, run.weights, withMore(run).options)),
  };
}

const kinds: Readonly<Record<string, Kind>> = {
  lstm: lstmKind({}),
  "lstm with a cell clip": lstmKind({ cellClip: 2 }),
  gru: {
    gates: 3,
    together: (x, first, second) => tensorsOf(t.bidirectionalGru(x, [first, second])),
    single: (x, { weights, options }) => Object.values(t.gru(x, weights, options)),
  },
  rnn: {
    gates: 1,
    together: (x, first, second) => tensorsOf(t.bidirectionalRnn(x, [first, second])),
    single: (x, { weights, options }) => Object.values(t.rnn(x, weights, options)),
  },
};

const apart =
  (single: Kind["single"]): Both =>
  (x, first, second) => {
    const [one, other] = [single(x, first), single(x, second)];
    return [t.concat([one[0]!, other[0]!], 2), ...one.slice(1), ...other.slice(1)];
  };

/** Ragged lengths, 0 among them; without tied weights the second direction has 3 units more. */
const layer =
  ({ gates }: Kind, run: Both, isTied: boolean) =>
  ([batch, time, inputSize, hiddenSize]: readonly number[]): Build =>
  (_session, parameter) => {
    const makeWeights = (units: number): t.RecurrentWeights => ({
      weightIh: parameter([gates * units, inputSize!], 0.5),
      weightHh: parameter([gates * units, units], 0.5),
      biasIh: parameter([gates * units]),
      biasHh: parameter([gates * units]),
    });
    const lengths = Int32Array.from({ length: batch! }, (_, i) => (time! + i * 3) % (time! + 1));
    const weights = makeWeights(hiddenSize!);
    const x = parameter([batch!, time!, inputSize!]);
    const first = { weights, options: { lengths } };
    const second = { weights: isTied ? weights : makeWeights(hiddenSize! + 3), options: { lengths, reverse: true } };
    return [...run(x, first, second)];
  };

describe.each(Object.entries(kinds))("%s", (_, kind) => {
  describe.each([false, true])("tied weights %s", (isTied) => {
    const together = layer(kind, kind.together, isTied);

    test("gives the same bits on every backend", () => {
      forShapes([7, 9, 30, 30], together, 12);
      for (const batch of [1, 16]) agree(6, together([batch, 9, 20, 24]));
    });

    test.each([1, 3, 16])("joins two single runs of batch %i", (batch) => {
      const shape = [batch, 9, 20, 24];
      for (const session of sessions) {
        const want = resultsOf(session, batch, layer(kind, apart(kind.single), isTied)(shape));
        expect(resultsOf(session, batch, together(shape))).toEqual(want);
      }
    });
  });
});

test("a direction that nobody differentiates leaves the other's gradients alone", () => {
  const [session] = sessions;
  using _ = session!.scope();
  const stream = new t.Rng(1).stream("data");
  const make = (shape: readonly number[], requiresGrad: boolean) =>
    session!.tensor(stream.normal(shape.reduce((a, b) => a * b, 1)), shape, { requiresGrad });
  const weights = (requiresGrad: boolean) => ({
    weightIh: make([12, 2], requiresGrad),
    weightHh: make([12, 3], requiresGrad),
    biasIh: make([12], requiresGrad),
    biasHh: make([12], requiresGrad),
  });
  const [frozen, trained] = [weights(false), weights(true)];
  const x = make([2, 4, 2], false);
  for (const order of [[frozen, trained] as const, [trained, frozen] as const]) {
    using _step = session!.scope();
    const [first, second] = order.map((of, i) => ({ weights: of, options: { reverse: i === 1 } }));
    const gradients = t.backward(t.sum(t.bidirectionalLstm(x, [first!, second!]).output));
    expect(gradients.get(trained.weightHh)).toBeDefined();
    expect(gradients.get(frozen.weightHh)).toBeUndefined();
  }
});
