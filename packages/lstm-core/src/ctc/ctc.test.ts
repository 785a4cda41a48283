import { backward, createSession, denseGradient, Rng, type Session, scalar, sum, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type GoldenCtc, goldenCtcs } from "../../test/golden-files.ts";
import { ctcBeamSearch, ctcGreedy } from "./ctc-decode.ts";
import { ctcLoss } from "./ctc-loss.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

function lossOf(on: Session, golden: GoldenCtc): { loss: Tensor; logits: Tensor } {
  const { targets, blank, reduction, zeroInfinity } = golden;
  const logits = on.tensor(golden.logits, golden.shape, { requiresGrad: true });
  const options = { lengths: Int32Array.from(golden.lengths), blank, reduction, zeroInfinity };
  return { loss: ctcLoss(logits, targets, options), logits };
}

// float64 is limited by the 11 digits of the file, float32 by roundings at logarithms of about 50.
describe.each([
  { dtype: "float64", tolerance: 1e-9 },
  { dtype: "float32", tolerance: 2e-5 },
] as const)("in $dtype", ({ dtype, tolerance }) => {
  test.each(goldenCtcs)("$name: losses and gradients equal PyTorch's", async (golden) => {
    const { loss, logits } = lossOf(await createSession({ backend: "reference", dtype }), golden);
    const near = (got: number, wanted: number, what: string) => {
      expect(Math.abs(got - wanted) / Math.max(1, Math.abs(wanted)), `${what}: ${got}, ${wanted}`).toBeLessThan(
        tolerance,
      );
    };
    const losses = loss.readSync();
    expect(losses.length).toBe(golden.losses.length);
    golden.losses.forEach((wanted, row) => {
      if (wanted === null) expect(losses[row]).toBe(Number.POSITIVE_INFINITY);
      else near(losses[row]!, wanted, `loss ${row}`);
    });
    const gradient = denseGradient(backward(sum(loss)).get(logits)!).readSync();
    golden.gradient?.forEach((wanted, place) => {
      near(gradient[place]!, wanted, `gradient ${place}`);
    });
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

test("gradients agree with central differences, with weights", () => {
  const { shape, logits: values, targets, lengths } = goldenCtcs[1]!;
  const logits = session.tensor(values, shape, { requiresGrad: true });
  const options = { lengths: Int32Array.from(lengths), weights: [1, 2, 0.5, 3] };
  checkGradients(() => ctcLoss(logits, targets, options), [logits], { eps: 1e-5, rtol: 1e-6 });
});

/** Log-probability of labels by going through all alignments of a row. */
function probabilities(logits: readonly number[][]): Map<string, number> {
  const sums = new Map<string, number>();
  const classes = logits[0]!.length;
  const logProbs = logits.map((step) => scalar.logSoftmax(step));
  for (let code = 0; code < classes ** logits.length; code++) {
    const alignment = logits.map((_, time) => Math.floor(code / classes ** time) % classes);
    const labels = alignment.filter((label, time) => label !== 0 && label !== alignment[time - 1]).join();
    const logProb = alignment.reduce((total, label, time) => total + logProbs[time]![label]!, 0);
    sums.set(labels, (sums.get(labels) ?? 0) + Math.exp(logProb));
  }
  return sums;
}

const steps = fc.array(fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }), {
  minLength: 1,
  maxLength: 5,
});

test("the loss and a beam that holds all prefixes give the probability that all alignments add up to", () => {
  fc.assert(
    fc.property(steps, (logits) => {
      const wanted = probabilities(logits);
      const scores = session.tensor(logits.flat(), [1, logits.length, 3]);
      const hypotheses = ctcBeamSearch(scores, { beamSize: 1000 })[0]!;
      expect(hypotheses.length).toBe(wanted.size);
      for (const { labels, score } of hypotheses) {
        expect(score).toBeCloseTo(Math.log(wanted.get(labels.join())!), 9);
        expect(ctcLoss(scores, [labels], { perLabel: false }).item()).toBeCloseTo(-score, 9);
      }
      expect(hypotheses.map(({ score }) => score)).toEqual(
        hypotheses.map(({ score }) => score).toSorted((a, b) => b - a),
      );
    }),
    { numRuns: 60 },
  );
});

test("a narrow beam keeps prefixes apart that meet again, and is no worse than the best alignment", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), (logits, beamSize) => {
      const wanted = probabilities(logits);
      const hypotheses = ctcBeamSearch(session.tensor(logits.flat(), [1, logits.length, 3]), { beamSize })[0]!;
      expect(hypotheses.length).toBeLessThanOrEqual(beamSize);
      expect(new Set(hypotheses.map(({ labels }) => labels.join())).size).toBe(hypotheses.length);
      for (const { labels, score } of hypotheses)
        expect(Math.exp(score)).toBeLessThanOrEqual(wanted.get(labels.join())! * (1 + 1e-9));
    }),
  );
});

test("ctcGreedy takes repeats once and leaves blanks out, row by row", () => {
  const best = [1, 1, 0, 1, 2, 2, 0, 0, 2, 2, 1, 0];
  const logits = session.tensor(
    best.flatMap((label) => [0, 1, 2].map((index) => (index === label ? 5 : 0))),
    [2, 6, 3],
  );
  const lengths = Int32Array.of(6, 5);
  expect(ctcGreedy(logits, { lengths }).map(({ labels }) => labels)).toEqual([
    [1, 1, 2],
    [2, 1],
  ]);
  expect(ctcGreedy(logits, { lengths, blank: 2 })[0]!.labels).toEqual([1, 0, 1]);
  const bestOfStep = 5 - Math.log(Math.exp(5) + 2);
  expect(ctcGreedy(logits, { lengths })[1]!.score).toBeCloseTo(5 * bestOfStep, 12);
  expect(ctcGreedy(logits, { lengths: Int32Array.of(0, 0) })).toEqual(Array(2).fill({ labels: [], score: 0 }));
});

test("padding and what stands on it move no bit, and backends have the same bits", async () => {
  const golden = goldenCtcs[1]!;
  const [, seqLen, classes] = golden.shape as [number, number, number];
  const padded: GoldenCtc = {
    ...golden,
    shape: [4, seqLen + 3, classes],
    logits: Array.from({ length: 4 * (seqLen + 3) * classes }, (_, place) => {
      const [row, time] = [Math.floor(place / classes / (seqLen + 3)), Math.floor(place / classes) % (seqLen + 3)];
      if (time >= golden.lengths[row]!) return Number.NaN;
      return golden.logits[(row * seqLen + time) * classes + (place % classes)]!;
    }),
  };
  const run = (on: Session, one: GoldenCtc) => {
    const { loss, logits } = lossOf(on, one);
    const value = loss.item();
    const gradient = denseGradient(backward(loss).get(logits)!).readSync();
    const rowSize = one.shape[1]! * classes;
    return {
      value,
      rows: golden.lengths.map((length, row) => gradient.slice(row * rowSize, row * rowSize + length * classes)),
    };
  };
  const backends = await Promise.all(
    (["reference", "wasm", "auto"] as const).map((backend) => createSession({ backend })),
  );
  const wanted = run(backends[0]!, golden);
  for (const backend of backends) {
    expect(run(backend, golden)).toEqual(wanted);
    expect(run(backend, padded)).toEqual(wanted);
  }
});

test("rows without steps, or without weight, and classes of probability 0 turn nothing into NaN", () => {
  const logits = session.tensor(new Rng(2).stream("logits").normal(24), [2, 4, 3], { requiresGrad: true });
  const none = Int32Array.of(0, 0);
  const each = ctcLoss(logits, [[], [1]], { lengths: none, reduction: "none" });
  expect([...each.readSync()]).toEqual([0, Number.POSITIVE_INFINITY].map((x) => x + 0));
  expect(ctcLoss(logits, [[], [1]], { lengths: none, zeroInfinity: true }).item()).toBe(0);
  expect(ctcLoss(logits, [[1], [9]], { weights: [1, 0] }).item()).toBe(
    ctcLoss(logits, [[1], [2]], { weights: [1, 0] }).item(),
  );
  const masked = session.tensor([0, Number.NEGATIVE_INFINITY, 1, 0, Number.NEGATIVE_INFINITY, 1], [1, 2, 3], {
    requiresGrad: true,
  });
  expect(ctcLoss(masked, [[1]]).item()).toBe(Number.POSITIVE_INFINITY);
  const loss = ctcLoss(masked, [[2]]);
  expect(loss.item()).toBeCloseTo(-Math.log(1 - (1 / (1 + Math.E)) ** 2), 12);
  expect(denseGradient(backward(loss).get(masked)!).readSync().every(Number.isFinite)).toBe(true);
});

test("what does not fit is refused by its place", () => {
  const logits = session.zeros([2, 4, 3]);
  expect(() => ctcLoss(logits, [[1]])).toThrow("ctcLoss: expected 2 rows of targets, got 1");
  expect(() => ctcLoss(logits, [[1], [1, 3]])).toThrow("ctcLoss: label 3 at [1, 1] is not one of 3 classes");
  expect(() => ctcLoss(logits, [[1], [1, Number.NaN]])).toThrow("ctcLoss: label NaN at [1, 1] is not one of 3 classes");
  expect(() => ctcLoss(logits, [[0], [1]])).toThrow("ctcLoss: label 0 at [0, 0] is the blank");
  expect(() => ctcLoss(logits, [[1], [1]], { blank: 3 })).toThrow(
    "ctcLoss: expected blank to be one of 3 classes, got 3",
  );
  expect(() => ctcLoss(logits, [[1], [1]], { lengths: Int32Array.of(5, 1) })).toThrow(
    "ctcLoss: expected lengths in [0, 4], got 5 in row 0",
  );
  expect(() => ctcGreedy(session.zeros([2, 3]))).toThrow(
    "ctcGreedy: expected scores of shape [batch, time, classes], got [2, 3]",
  );
  const spoilt = session.tensor(
    Array.from({ length: 12 }, (_, i) => (i === 7 ? Number.NaN : 0)),
    [2, 2, 3],
  );
  expect(() => ctcBeamSearch(spoilt)).toThrow("ctcBeamSearch: expected scores to be numbers, got NaN at [1, 0, ...]");
  expect(() => ctcBeamSearch(logits, { beamSize: 0 })).toThrow(
    "ctcBeamSearch: expected beamSize to be an integer >= 1, got 0",
  );
  expect(() => ctcGreedy(logits, { beamSize: 2 } as object)).toThrow(
    "ctcGreedy: expected options to be among lengths, blank, got beamSize",
  );
});
