/**
 * Every op gives the same bits on the reference, on wasm with and without shared memory and on the native kernels of each
 * instruction set that this machine has, with one thread and with two, at low addresses and above 2 GiB, forward and backward.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as t from "../src/index.ts";
import { binaryOps, poolKinds, unaryOps } from "./elementwise-ops.ts";
import { type Build, comparison, expectSameBits, onEveryBackend, resultsOf } from "./every-backend.ts";

const sessions = onEveryBackend();
const { agree, forShapes } = comparison(sessions);

describe("same bits on every backend", () => {
  test.each(unaryOps)("$name", ({ op }) => {
    forShapes([3, 40], (shape) => (_session, parameter) => op(parameter(shape, 4)));
    agree(1, (_session, parameter) => op(parameter([2000], 40)));
  });

  test("functions at their edges", () => {
    const edges = [
      0,
      -0,
      1e-45,
      -1e-45,
      1.1754943508222875e-38,
      88.7,
      88.73,
      -87.3,
      -87.4,
      1e30,
      -1e30,
      Infinity,
      -Infinity,
      NaN,
      0.625,
      0.6249999,
    ];
    for (const { op } of unaryOps) {
      const [want, ...others] = sessions.map((session) => op(session.tensor(edges, [edges.length])).readSync());
      for (const got of others) expectSameBits(got, want!);
    }
  });

  test.each(binaryOps)("$name with broadcasting", ({ op }) => {
    forShapes(
      [4, 5, 21],
      ([a, b, c]) =>
        (_session, parameter) =>
          op(parameter([a!, b!, c!]), parameter([b!, 1])),
    );
    forShapes(
      [5, 21],
      ([b, c]) =>
        (_session, parameter) =>
          op(parameter([c!]), parameter([b!, c!])),
    );
    forShapes([5, 21], (shape) => (_session, parameter) => op(parameter(shape), 3));
  });

  test("reductions", () => {
    forShapes([4, 5, 70], (shape) => (_session, parameter) => {
      const x = parameter(shape);
      return [t.sum(x), t.sum(x, 0), t.sum(x, 1), t.sum(x, 2), t.mean(x, 2), t.max(x, 1), t.max(x, 2)];
    });
    agree(2, (_session, parameter) => t.sum(parameter([9001])));
  });

  test("moving elements", () => {
    forShapes([4, 5, 9], (shape) => (_session, parameter) => {
      const x = parameter(shape);
      const turned = t.transpose(x, [2, 0, 1]);
      return [
        turned,
        t.concat([x, t.mul(x, 2)], 1),
        t.slice(x, 2, shape[2]! >> 1, shape[2]!),
        t.stack([x, x], 1),
        t.reshape(x, [-1]),
      ];
    });
  });

  test("matmul in all transpositions, past block and tile edges", () => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        forShapes(
          [2, 9, 40, 30],
          ([batch, m, n, k]) =>
            (_session, parameter) => {
              const a = parameter(transposeA ? [batch!, k!, m!] : [batch!, m!, k!]);
              const b = parameter(transposeB ? [batch!, n!, k!] : [batch!, k!, n!]);
              return t.matmul(a, b, { transposeA, transposeB });
            },
          10,
        );
      }
    }
    agree(3, (_session, parameter) => t.matmul(parameter([67, 600]), parameter([600, 19])));
    // Several panels, blocks of depth and blocks of rows, each with a narrow panel at the end.
    agree(5, (_session, parameter) => t.matmul(parameter([29, 1100]), parameter([1100, 149])));
    agree(6, (_session, parameter) => t.matmul(parameter([197, 270]), parameter([270, 211])));
    agree(4, (_session, parameter) => t.linear(parameter([3, 70, 33]), parameter([50, 33]), parameter([50])));
  });

  test("softmax, logSoftmax and choices", () => {
    forShapes([7, 50], (shape) => (_session, parameter) => {
      const x = parameter(shape, 5);
      const { values, indices } = t.topK(x, Math.min(3, shape[1]!));
      const large = parameter(shape, 60); // some rows with a large maximum, and some without
      return [t.softmax(x), t.logSoftmax(x), t.argMax(x), values, indices, t.logSoftmax(large)];
    });
  });

  test("equal elements: the lowest index wins", () => {
    for (const session of sessions) {
      const x = session.tensor([1, 3, 3, 2, 3, 3, 0, 0], [2, 4]);
      expect([...t.argMax(x).readSync()]).toEqual([1, 0]);
      expect([...t.topK(x, 3).indices.readSync()]).toEqual([1, 2, 3, 0, 1, 2]);
    }
  });

  test("embedding and gatherRows", () => {
    forShapes([6, 30, 20], ([count, vocab, width]) => (session, parameter) => {
      const ids = Int32Array.from({ length: count! * 2 }, (_, i) => (i * 7) % vocab!);
      const weight = parameter([vocab!, width!]);
      return [
        t.embedding(weight, session.tensor(ids, [2, count!], { dtype: "int32" }), { paddingIndex: 0 }),
        t.gatherRows(weight, ids),
      ];
    });
  });

  test("look-ups in one table, alone and beside another use, give the gradient of a table without sparse gradients", () => {
    type LookUp = (weight: t.Tensor, ids: Int32Array) => t.Tensor;
    const sparse: LookUp = (weight, ids) =>
      t.embedding(weight, weight.session.tensor(ids, [ids.length], { dtype: "int32" }));
    const uses: Record<string, (lookUp: LookUp, weight: t.Tensor, x: t.Tensor) => t.Tensor[]> = {
      twice: (lookUp, weight) => [lookUp(weight, Int32Array.of(7, 2, 7)), lookUp(weight, Int32Array.of(2, 0))],
      "three times": (lookUp, weight) => [1, 2, 3].map((step) => lookUp(weight, Int32Array.of(3 * step, step, 5))),
      "before it is an output layer": (lookUp, weight, x) => [
        lookUp(weight, Int32Array.of(7, 7, 1)),
        t.linear(x, weight),
      ],
      "after it was one": (lookUp, weight, x) => [t.linear(x, weight), lookUp(weight, Int32Array.of(7, 7, 1))],
      "between two look-ups": (lookUp, weight, x) => [
        lookUp(weight, Int32Array.of(1)),
        t.linearCrossEntropy(x, weight, Int32Array.of(3, 0)),
        lookUp(weight, Int32Array.of(1, 4)),
        lookUp(weight, Int32Array.of(4, 9)),
      ],
      "whose gradient it shares": (lookUp, weight) => [lookUp(weight, Int32Array.of(1, 4)), t.add(weight, weight)],
    };
    for (const [name, use] of Object.entries(uses)) {
      const build =
        (lookUp: LookUp): Build =>
        (_session, parameter) =>
          use(lookUp, parameter([11, 37]), parameter([2, 37]));
      agree(3, build(sparse));
      for (const session of sessions) {
        const [got, want] = [sparse, t.gatherRows].map((lookUp) => resultsOf(session, 3, build(lookUp)));
        expect(got!.length).toBe(want!.length);
        for (const [i, values] of got!.entries()) expectSameBits(values, want![i]!, `${session.backendText}, ${name}:`);
      }
    }
  });

  test("dropout and pooling", () => {
    forShapes([5, 6, 19], (shape) => (_session, parameter) => {
      const x = parameter(shape);
      const examples = Int32Array.from({ length: shape[0]! }, (_, i) => i * 3);
      const lengths = Int32Array.from({ length: shape[0]! }, (_, i) => i % (shape[1]! + 1));
      const dropped = t.dropout(x, 0.3, { stream: new t.Rng(9).stream("d"), step: 4, examples, timeOffset: 2 });
      return [dropped, ...poolKinds.map((kind) => t.poolOverTime(x, kind, lengths))];
    });
  });

  test("crossEntropy", () => {
    forShapes([9, 40], ([rows, classes]) => (session, parameter) => {
      const targets = Int32Array.from({ length: rows! }, (_, i) => (i % 4 === 3 ? -1 : (i * 5) % classes!));
      const classWeights = session.tensor(new t.Rng(1).stream("w").uniform(classes!, 0.5, 2), [classes!]);
      const x = parameter([rows!, classes!], 4);
      const large = parameter([rows!, classes!], 60);
      const options = { classWeights, labelSmoothing: 0.1 };
      return [t.crossEntropy(x, targets), ...[x, large].map((logits) => t.crossEntropy(logits, targets, options))];
    });
    agree(5, (_session, parameter) =>
      t.crossEntropy(parameter([40, 900]), new Int32Array(40).fill(7), { labelSmoothing: 0.1 }),
    );
  });

  const outputLayerCase =
    ([rows, features, classes]: readonly number[], hasBias: boolean, joined: boolean, scale = 1): Build =>
    (session, parameter) => {
      const targets = Int32Array.from({ length: rows! }, (_, i) => (i % 4 === 3 ? -1 : (i * 5) % classes!));
      const classWeights = session.tensor(new t.Rng(1).stream("w").uniform(classes!, 0.5, 2), [classes!]);
      const [x, weight] = [parameter([rows!, features!], scale), parameter([classes!, features!])];
      const bias = hasBias ? parameter([classes!]) : undefined;
      const withBias = bias ? { bias } : {};
      return [{}, { labelSmoothing: 0.1 }, { classWeights, labelSmoothing: 0.1 }].map((options) =>
        joined
          ? t.linearCrossEntropy(x, weight, targets, { ...withBias, ...options })
          : t.crossEntropy(t.linear(x, weight, bias), targets, options),
      );
    };
  /** Several panels, blocks of depth, blocks of rows and blocks of classes, each with a narrow end. */
  const outputLayers = [
    [29, 1100, 70],
    [1060, 20, 45],
    [67, 150, 421],
    [5, 33, 1],
  ];

  test("linearCrossEntropy", () => {
    forShapes([40, 30, 70], (shape) => outputLayerCase(shape, shape[0]! % 2 === 0, true));
    for (const shape of outputLayers) agree(7, outputLayerCase(shape, true, true));
    agree(9, outputLayerCase([35, 20, 45], true, true, 12)); // some rows with a large maximum
  });

  test("linearCrossEntropy has the bits of linear and crossEntropy", () => {
    for (const session of sessions.slice(1)) {
      for (const shape of [...outputLayers, [3, 5, 7], [260, 9, 30]]) {
        const [joined, composed] = [true, false].map((is) => resultsOf(session, 8, outputLayerCase(shape, true, is)));
        joined!.forEach((values, i) => {
          expectSameBits(values, composed![i]!, `${session.backendText} [${shape.join(", ")}], result ${i}:`);
        });
      }
    }
  });

  test("attend, dot and additive", () => {
    forShapes([6, 9, 20, 37], ([batch, time, querySize, valueSize]) => (_session, parameter) => {
      const lengths = Int32Array.from({ length: batch! }, (_, i) => (i * 5) % (time! + 1));
      const [q, k, v, energy] = [
        parameter([batch!, querySize!]),
        parameter([batch!, time!, querySize!]),
        parameter([batch!, time!, valueSize!]),
        parameter([querySize!]),
      ];
      const dot = t.attend(q, k, v, lengths, { kind: "dot" });
      const additive = t.attend(q, k, v, lengths, { kind: "additive", energy });
      return [dot.context, dot.weights, additive.context, additive.weights];
    });
  });

  test("attend and slice at several steps over the same keys and values", () => {
    const cases = fc.tuple(fc.nat(1e6), fc.integer({ min: 1, max: 4 }), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(cases, ([seed, steps, shared, additive]) =>
        agree(seed, (_session, parameter) => {
          const [queries, keys, energy] = [parameter([3, 4, 5]), parameter([3, 6, 5]), parameter([5])];
          const values = shared ? keys : parameter([3, 6, 5]);
          const score: t.AttentionScore = additive ? { kind: "additive", energy } : { kind: "dot" };
          return Array.from({ length: steps }, (_, step) => {
            const query = t.reshape(t.slice(queries, 1, step, step + 1), [3, 5]);
            return t.attend(query, keys, values, Int32Array.of(6, 0, 3), score).context;
          });
        }),
      ),
      { numRuns: 20 },
    );
  });

  const lstmCase =
    (reverse: boolean, stateful: boolean) =>
    ([batch, time, inputSize, hiddenSize]: readonly number[]): Build =>
    (_session, parameter) => {
      const weights = {
        weightIh: parameter([4 * hiddenSize!, inputSize!], 0.5),
        weightHh: parameter([4 * hiddenSize!, hiddenSize!], 0.5),
        biasIh: parameter([4 * hiddenSize!]),
        biasHh: parameter([4 * hiddenSize!]),
      };
      const lengths = Int32Array.from({ length: batch! }, (_, i) => (time! + i * 3) % (time! + 1));
      const initialState = stateful
        ? { hiddenState: parameter([batch!, hiddenSize!]), cellState: parameter([batch!, hiddenSize!]) }
        : undefined;
      const out = t.lstm(parameter([batch!, time!, inputSize!]), weights, {
        lengths,
        reverse,
        ...(initialState && { initialState }),
      });
      return [out.output, out.hiddenState, out.cellState];
    };

  test.each([false, true])("lstm with ragged lengths, reverse %s", (reverse) => {
    forShapes([7, 6, 9, 13], lstmCase(reverse, false), 15);
    forShapes([7, 6, 9, 13], lstmCase(reverse, true), 15);
    agree(6, lstmCase(reverse, true)([33, 9, 20, 24]));
    agree(8, lstmCase(reverse, true)([5, 2, 9, 300])); // more gates than a product takes at once
  });

  /** Lengths from 0 to `time`, zero among them. */
  const raggedLengths = (batch: number, time: number) =>
    Int32Array.from({ length: batch }, (_, i) => (time + i * 3) % (time + 1));

  interface LstmExtraFlags {
    readonly projects: boolean;
    readonly peeps: boolean;
    readonly norms: boolean;
    readonly clips: boolean;
    readonly drops: boolean;
    readonly rectifies: boolean;
  }

  const extendedLstmCase =
    (reverse: boolean, { projects, peeps, norms, clips, drops, rectifies }: LstmExtraFlags) =>
    ([batch, time, inputSize, hiddenSize]: readonly number[]): Build =>
    (session, parameter) => {
      const outputSize = projects ? Math.ceil(hiddenSize! / 2) : hiddenSize!;
      const weights: t.LstmWeights = {
        weightIh: parameter([4 * hiddenSize!, inputSize!], 0.5),
        weightHh: parameter([4 * hiddenSize!, outputSize], 0.5),
        biasIh: parameter([4 * hiddenSize!]),
        biasHh: parameter([4 * hiddenSize!]),
        weightHr: projects ? parameter([outputSize, hiddenSize!], 0.5) : undefined,
        peepholes: peeps ? parameter([3 * hiddenSize!]) : undefined,
        norm: norms
          ? {
              gainIh: parameter([4 * hiddenSize!]),
              gainHh: parameter([4 * hiddenSize!]),
              gainCell: parameter([hiddenSize!]),
              biasCell: parameter([hiddenSize!]),
            }
          : undefined,
      };
      const ones = session.full([batch!, outputSize], 1);
      const address = {
        stream: new t.Rng(3).stream("mask"),
        step: 2,
        examples: new Int32Array(batch!).map((_, i) => i),
      };
      const out = t.lstm(parameter([batch!, time!, inputSize!]), weights, {
        lengths: raggedLengths(batch!, time!),
        reverse,
        initialState: { hiddenState: parameter([batch!, outputSize]), cellState: parameter([batch!, hiddenSize!]) },
        cellClip: clips ? 0.7 : undefined,
        activation: rectifies ? "relu" : undefined,
        recurrentDropoutMask: drops ? t.dropout(ones, 0.4, address) : undefined,
      });
      return [out.output, out.hiddenState, out.cellState];
    };

  const noExtras = { projects: false, peeps: false, norms: false, clips: false, drops: false, rectifies: false };
  test.each(Object.keys(noExtras))("lstm with an option alone: %s", (name) => {
    for (const reverse of [false, true]) {
      forShapes([7, 6, 9, 19], extendedLstmCase(reverse, { ...noExtras, [name]: true }), 8);
    }
    agree(6, extendedLstmCase(true, { ...noExtras, [name]: true })([33, 9, 20, 40]));
  });

  test("lstm with any options together", () => {
    const flags = fc.record({
      projects: fc.boolean(),
      peeps: fc.boolean(),
      norms: fc.boolean(),
      clips: fc.boolean(),
      drops: fc.boolean(),
      rectifies: fc.boolean(),
    });
    const shape = fc.tuple(...[7, 6, 9, 19].map((max) => fc.integer({ min: 1, max })));
    fc.assert(
      fc.property(fc.nat(1e6), shape, fc.boolean(), flags, (seed, extents, reverse, extras) =>
        agree(seed, extendedLstmCase(reverse, extras)(extents)),
      ),
      { numRuns: 40 },
    );
  });

  const layers = {
    gru: { gates: 3, run: t.gru },
    "rnn with tanh": { gates: 1, run: t.rnn },
    "rnn with relu": {
      gates: 1,
      run: (x: t.Tensor, weights: t.RecurrentWeights, options: t.RecurrentOptions) =>
        t.rnn(x, weights, { ...options, activation: "relu" }),
    },
  };
  const recurrentWeights = (parameter: Parameters<Build>[1], gates: number, inputSize: number, hiddenSize: number) => ({
    weightIh: parameter([gates * hiddenSize, inputSize], 0.5),
    weightHh: parameter([gates * hiddenSize, hiddenSize], 0.5 / Math.sqrt(hiddenSize)),
    biasIh: parameter([gates * hiddenSize]),
    biasHh: parameter([gates * hiddenSize]),
  });

  describe.each(Object.entries(layers))("%s", (_, { gates, run }) => {
    const layerCase =
      (reverse: boolean, stateful: boolean, drops: boolean) =>
      ([batch, time, inputSize, hiddenSize]: readonly number[]): Build =>
      (session, parameter) => {
        const address = {
          stream: new t.Rng(3).stream("mask"),
          step: 2,
          examples: new Int32Array(batch!).map((_, i) => i),
        };
        const { output, hiddenState } = run(
          parameter([batch!, time!, inputSize!]),
          recurrentWeights(parameter, gates, inputSize!, hiddenSize!),
          {
            lengths: raggedLengths(batch!, time!),
            reverse,
            initialState: stateful ? { hiddenState: parameter([batch!, hiddenSize!]) } : undefined,
            recurrentDropoutMask: drops ? t.dropout(session.full([batch!, hiddenSize!], 1), 0.4, address) : undefined,
          },
        );
        return [output, hiddenState];
      };

    test.each([false, true])("with ragged lengths, reverse %s", (reverse) => {
      forShapes([7, 6, 9, 19], layerCase(reverse, false, false), 10);
      forShapes([7, 6, 9, 19], layerCase(reverse, true, false), 10);
      forShapes([7, 6, 9, 19], layerCase(reverse, true, true), 10);
    });

    test("large enough for two threads, which own rows or units", () => {
      for (const drops of [false, true]) {
        agree(6, layerCase(true, true, drops)([33, 9, 20, 60]));
        agree(7, layerCase(false, true, drops)([1, 9, 70, 200]));
      }
    });

    test("steps in a loop", () => {
      for (const batch of [1, 5, 300]) {
        agree(batch, (_session, parameter) => {
          const weights = recurrentWeights(parameter, gates, 5, 7);
          const x = parameter([batch, 1, 5]);
          let state: t.RecurrentState | undefined;
          for (let step = 0; step < 3; step++) state = run(x, weights, { initialState: state });
          return state!.hiddenState;
        });
      }
    });
  });

  test("weights that are used at several steps, alone and beside another use", () => {
    const steps = fc.tuple(fc.nat(1e6), fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 3, 70, 300), fc.boolean());
    fc.assert(
      fc.property(steps, ([seed, count, rows, besides]) =>
        agree(seed, (_session, parameter) => {
          const [weight, bias] = [parameter([9, 9], 0.3), parameter([9])];
          let x = parameter([rows, 9]);
          for (let step = 0; step < count; step++) x = t.tanh(t.linear(x, weight, bias));
          return besides ? [x, t.square(weight), t.matmul(x, weight)] : x;
        }),
      ),
      { numRuns: 20 },
    );
  });

  test("a weight of several panels that is used at several steps", () => {
    for (const rows of [70, 200]) {
      agree(rows, (_session, parameter) => {
        const weight = parameter([300, 300], 0.1);
        let x = parameter([rows, 300]);
        for (let step = 0; step < 3; step++) x = t.tanh(t.linear(x, weight));
        return x;
      });
    }
  });

  test("lstm steps in a loop", () => {
    const steps = fc.tuple(fc.nat(1e6), fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 5, 300));
    fc.assert(
      fc.property(steps, ([seed, count, batch]) =>
        agree(seed, (_session, parameter) => {
          const weights = {
            weightIh: parameter([28, 5]),
            weightHh: parameter([28, 7]),
            biasIh: parameter([28]),
            biasHh: parameter([28]),
          };
          const x = parameter([batch, 1, 5]);
          let state: t.LstmState | undefined;
          for (let step = 0; step < count; step++) state = t.lstm(x, weights, state && { initialState: state });
          return [state!.hiddenState, state!.cellState];
        }),
      ),
      { numRuns: 12 },
    );
  });

  test("a parameter that is written between two uses", () => {
    agree(3, (session, parameter) => {
      const [weight, x] = [parameter([6, 6]), parameter([4, 6])];
      const before = t.linear(x, weight);
      weight.write(weight.readSync().map((value) => -2 * value));
      const written = t.linear(x, weight);
      const gradient: t.Gradient = { kind: "dense", values: session.full([6, 6], 0.5) };
      const update = { name: "weight", parameter: weight, gradient };
      const sgd = { learningRate: 0.1, momentum: 0, weightDecay: 0, nesterov: false, gradientScale: 1 };
      t.sgdStep([update], sgd);
      const stepped = t.linear(x, weight);
      const moments = { firstMoment: session.zeros([6, 6]), secondMoment: session.zeros([6, 6]) };
      const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: true };
      t.adamStep([{ ...update, ...moments, step: 1 }], { ...adam, gradientScale: 1 });
      const adapted = t.linear(x, weight);
      t.assign(weight, t.mul(weight, 0.5));
      return [before, written, stepped, adapted, t.linear(x, weight)];
    });
  });

  test("elementwise ops, copies and reductions that are large enough for two threads", () => {
    agree(6, (_session, parameter) => {
      const [x, row, column] = [parameter([301, 307]), parameter([307]), parameter([301, 1])];
      return [
        t.tanh(x),
        t.mul(t.add(x, row), column),
        t.transpose(x, [1, 0]),
        t.slice(x, 1, 5, 300),
        t.reshape(t.exp(x), [301 * 307]),
        t.sum(x, 0),
        t.mean(x, 1),
        t.max(x, 0),
        t.sum(t.reshape(x, [7, 43, 307]), 1),
      ];
    });
  });

  test("norms of sparse gradients of any width", () => {
    const cases = fc.tuple(
      fc.nat(1e6),
      fc.constantFrom(1, 37, 4096, 5000),
      fc.uniqueArray(fc.nat(30), { minLength: 1 }),
    );
    fc.assert(
      fc.property(cases, ([seed, width, unsorted]) => {
        const rows = unsorted.toSorted((a, b) => a - b);
        const norms = sessions.map((session) => {
          using _ = session.scope();
          const values = session.tensor(new t.Rng(seed).stream("values").normal(rows.length * width), [
            rows.length,
            width,
          ]);
          const gradient: t.Gradient = {
            kind: "sparse",
            rows: session.tensor(rows, [rows.length], { dtype: "int32" }),
            values,
            shape: [31, width],
          };
          return [t.sumOfSquares(gradient), t.sumOfSquares({ kind: "dense", values: t.denseGradient(gradient) })];
        });
        expect(new Set(norms.flat()).size).toBe(1);
      }),
      { numRuns: 30 },
    );
  });
});
