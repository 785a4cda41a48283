/**
 * Optimizer steps and norms give the same bits on the reference, on wasm and on the native kernels of each instruction set that
 * this machine has, with one thread and with two, for dense and sparse gradients.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { nativeInstructionSets } from "../src/backends/native/team.ts";
import * as t from "../src/index.ts";
import { toEqualTensorBits } from "../src/testing/index.ts";

let sessions: t.Session[];

beforeAll(async () => {
  sessions = [await t.createSession({ backend: "reference" })];
  for (const threads of [1, 2]) {
    sessions.push(await t.createSession({ backend: "wasm", threads }));
    for (const instructionSet of nativeInstructionSets()) {
      vi.stubEnv("CELLSTATE_ISA", instructionSet);
      sessions.push(await t.createSession({ backend: "native", threads }));
    }
    vi.unstubAllEnvs();
  }
});

afterAll(() => Promise.all(sessions.map((session) => session.dispose())));

/** A parameter with every moment that any rule keeps. */
interface Member extends t.SteppedParameter {
  readonly firstMoment: t.Tensor;
  readonly secondMoment: t.Tensor;
  readonly meanSquare: t.Tensor;
  readonly squareSum: t.Tensor;
  readonly velocity: t.Tensor;
  readonly meanGradient: t.Tensor;
  readonly largestSecondMoment: t.Tensor;
  readonly largestGradient: t.Tensor;
  readonly meanSquaredStep: t.Tensor;
  readonly average: t.Tensor;
  readonly step: number;
}

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const rmsprop = { alpha: 0.9, epsilon: 1e-8 };
/** The prototype keeps moments that nobody reads unmade. */
const changed = (member: Member, changes: object): Member => {
  const own = Object.entries(changes).map(([name, value]) => [name, { value, enumerable: true }] as const);
  return Object.create(member, Object.fromEntries(own));
};
/** For a step with a scope of its own. */
const readBefore = (member: Member): Member => {
  const { firstMoment, secondMoment } = member;
  return changed(member, { firstMoment, secondMoment });
};
const without = (members: readonly Member[], ...names: (keyof Member)[]): Member[] =>
  members.map((member) => changed(member, Object.fromEntries(names.map((name) => [name, undefined]))));

const rules: Readonly<Record<string, (members: readonly Member[], options: t.StepOptions) => void>> = {
  adam: (members, options) => t.adamStep(without(members, "largestSecondMoment"), { ...options, ...adam }),
  "adam, epsilon hat": (members, options) =>
    t.adamStep(without(members, "largestSecondMoment"), { ...options, ...adam, epsilon: 1e-3, epsilonHat: true }),
  adamw: (members, options) =>
    t.adamStep(without(members, "largestSecondMoment"), { ...options, ...adam, decoupled: true }),
  amsgrad: (members, options) => t.adamStep(members, { ...options, ...adam }),
  nadam: (members, options) => t.nadamStep(members, { ...options, ...adam, momentumDecay: 4e-3 }),
  "nadam, decoupled": (members, options) =>
    t.nadamStep(members, { ...options, ...adam, momentumDecay: 1, decoupled: true }),
  adamax: (members, options) => t.adamaxStep(members, { ...options, ...adam }),
  "adamax, epsilon outside": (members, options) =>
    t.adamaxStep(members, { ...options, ...adam, epsilon: 1e-3, epsilonOutside: true }),
  lamb: (members, options) => t.lambStep(members.map(readBefore), { ...options, ...adam }),
  adadelta: (members, options) => t.adadeltaStep(members, { ...options, rho: 0.9, epsilon: 1e-6 }),
  asgd: (members, options) => t.asgdStep(members, { ...options, lambda: 0.1, alpha: 0.75, averageAfterSteps: 2 }),
  lion: (members, options) => t.lionStep(members, { ...options, beta1: 0.9, beta2: 0.99, decoupled: true }),
  sgd: (members, options) => t.sgdStep(without(members, "velocity"), { ...options, momentum: 0, nesterov: false }),
  "sgd, decoupled": (members, options) =>
    t.sgdStep(without(members, "velocity"), { ...options, momentum: 0, nesterov: false, decoupled: true }),
  momentum: (members, options) => t.sgdStep(members, { ...options, momentum: 0.9, nesterov: false }),
  nesterov: (members, options) => t.sgdStep(members, { ...options, momentum: 0.9, nesterov: true }),
  "nesterov, velocity of steps": (members, options) =>
    t.sgdStep(members, { ...options, momentum: 0.9, nesterov: true, velocityOfSteps: true }),
  rmsprop: (members, options) => t.rmspropStep(members, { ...options, ...rmsprop, momentum: 0, centered: false }),
  "rmsprop, epsilon in the root": (members, options) =>
    t.rmspropStep(members, {
      ...options,
      ...rmsprop,
      epsilon: 1e-3,
      epsilonInRoot: true,
      momentum: 0,
      centered: false,
    }),
  "rmsprop, centered": (members, options) =>
    t.rmspropStep(members, { ...options, ...rmsprop, momentum: 0, centered: true }),
  "rmsprop, centered with momentum": (members, options) =>
    t.rmspropStep(members, { ...options, ...rmsprop, momentum: 0.9, centered: true }),
  "rmsprop, velocity of steps": (members, options) =>
    t.rmspropStep(members, { ...options, ...rmsprop, momentum: 0.9, centered: false, velocityOfSteps: true }),
  adagrad: (members, options) => t.adagradStep(members, { ...options, epsilon: 1e-10, learningRateDecay: 0.1 }),
  "adagrad, epsilon in the root": (members, options) =>
    t.adagradStep(members, {
      ...options,
      epsilon: 1e-3,
      epsilonInRoot: true,
      learningRateDecay: 0.1,
      decoupled: true,
    }),
};

interface Sizes {
  /** `[rows, width]` of a parameter. */
  readonly shape: readonly [number, number];
  /** Rows of its gradient, rising; all where it is dense. */
  readonly rows: readonly number[] | undefined;
}

type Fill = (count: number) => Float32Array;
/** Numbers in whose places nothing repeats soon: making them takes longer than a step. */
const numbers = new t.Rng(4).stream("optimizers").normal(65521);
const normal: Fill = (count) => Float32Array.from({ length: count }, (_, i) => numbers[i % numbers.length]!);

const moments = [
  "firstMoment",
  "secondMoment",
  "meanSquare",
  "squareSum",
  "velocity",
  "meanGradient",
  "largestSecondMoment",
  "largestGradient",
  "meanSquaredStep",
  "average",
] as const;

/** Contents of the parameter, its moments and its gradient, one after the other; squares are not negative. */
function makeContents({ shape, rows }: Sizes, fill: Fill): Float32Array[] {
  const count = shape[0] * shape[1];
  const all = fill((moments.length + 1) * count + (rows?.length ?? shape[0]) * shape[1]);
  return ["parameter", ...moments, "gradient"].map((name, i) => {
    const values = all.subarray(i * count, name === "gradient" ? undefined : (i + 1) * count);
    return /square|second|largest/i.test(name) ? values.map(Math.abs) : values;
  });
}

const contents = new WeakMap<Sizes, Map<Fill, Float32Array[]>>();

/** The same contents each time that they are asked for. */
function contentsFor(sizes: Sizes, fill: Fill): Float32Array[] {
  const known = contents.get(sizes) ?? new Map<Fill, Float32Array[]>();
  contents.set(sizes, known);
  const made = known.get(fill) ?? makeContents(sizes, fill);
  known.set(fill, made);
  return made;
}

function makeGradient(session: t.Session, { shape, rows }: Sizes, contents: Float32Array): t.Gradient {
  const values = session.tensor(contents, [rows?.length ?? shape[0], shape[1]]);
  if (rows === undefined) return { kind: "dense", values };
  return { kind: "sparse", rows: session.tensor(rows, [rows.length], { dtype: "int32" }), values, shape };
}

function makeMembers(session: t.Session, sizes: readonly Sizes[], fill: Fill = normal): Member[] {
  return sizes.map((size, index) => {
    const { shape } = size;
    const [parameter, ...others] = contentsFor(size, fill);
    const member = {
      name: `parameter ${index}`,
      parameter: session.tensor(parameter!, shape),
      gradient: makeGradient(session, size, others.at(-1)!),
      step: 3 + index,
    };
    moments.forEach((name, i) => {
      makeWhenRead(member, name, () => session.tensor(others[i]!, shape));
    });
    return member as Member;
  });
}

/** Most rules read few moments, and making the others takes longer than a step. */
function makeWhenRead(member: object, name: string, make: () => t.Tensor): void {
  let made: t.Tensor | undefined;
  Object.defineProperty(member, name, {
    get: () => (made ??= make()),
    enumerable: true,
  });
  Object.defineProperty(member, `${name} as it is`, { get: () => made });
}

function makeAll(member: Member): void {
  for (const name of moments) member[name].readSync();
}

/** The parameters, and the moments that were read. */
const contentsOf = (members: readonly Member[]) =>
  members.flatMap((member) => {
    const known = moments.map(
      (name) => (member as unknown as Record<string, t.Tensor | undefined>)[`${name} as it is`],
    );
    return [member.parameter, ...known].map((x) => x?.readSync() ?? new Float32Array());
  });

function expectSameBits(got: readonly ArrayLike<number>[], want: readonly ArrayLike<number>[]): void {
  expect(got.length).toBe(want.length);
  got.forEach((values, i) => {
    const { pass, message } = toEqualTensorBits(values, want[i]!);
    expect(pass, message()).toBe(true);
  });
}

const options: t.StepOptions = { learningRate: 0.01, weightDecay: 0.1, gradientScale: 0.5 };

/** What a step leaves behind. */
function after(
  session: t.Session,
  rule: string,
  sizes: readonly Sizes[],
  { fill = normal, ...more }: Partial<t.StepOptions> & { fill?: Fill } = {},
): t.TypedArray[] {
  using _ = session.scope();
  const members = makeMembers(session, sizes, fill);
  rules[rule]!(members, { ...options, ...more });
  return contentsOf(members);
}

/** Enough for two threads, whose border lies inside the second parameter; neighbouring rows, gaps and both ends. */
const large: readonly Sizes[] = [
  { shape: [3, 5], rows: undefined },
  { shape: [300, 37], rows: [0, 1, 2, 7, 100, 144, 145, 146, 147, 148, 149, 150, 299] },
  { shape: [20, 450], rows: undefined },
  { shape: [31, 700], rows: Array.from({ length: 31 }, (_, row) => row) },
  { shape: [40, 3], rows: [] },
];

const members = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 }))
    .chain(([rows, width]) =>
      fc
        .option(fc.uniqueArray(fc.nat(rows - 1)), { nil: undefined })
        .map((chosen): Sizes => ({ shape: [rows, width], rows: chosen?.toSorted((a, b) => a - b) })),
    ),
  { minLength: 1, maxLength: 4 },
);

test.each(Object.keys(rules))("%s gives the same bits everywhere, with and without decay, lazily or not", (rule) => {
  for (const lazy of [false, true]) {
    for (const weightDecay of [0, 0.1]) {
      const [want, ...others] = sessions.map((session) => after(session, rule, large, { lazy, weightDecay }));
      for (const got of others) expectSameBits(got, want!);
    }
  }
});

test.each(Object.keys(rules))("%s gives the same bits for parameters of any size", (rule) => {
  fc.assert(
    fc.property(members, fc.boolean(), (sizes, lazy) => {
      const [want, ...others] = sessions.map((session) => after(session, rule, sizes, { lazy }));
      for (const got of others) expectSameBits(got, want!);
    }),
    { numRuns: 25 },
  );
});

/** Zeros of both signs, denormals, numbers around the smallest moment, the largest, infinities and NaN. */
const hostile = [
  0,
  -0,
  1e-45,
  -1e-40,
  1.1754943508222875e-38,
  1e-30,
  -9.99e-31,
  1e-16,
  3e-15,
  1,
  -1,
  1e19,
  -3e38,
  Infinity,
  -Infinity,
  NaN,
];
const hostileFill: Fill = (count) =>
  normal(count).map((value) => hostile[Math.floor(Math.abs(value) * 1e4) % hostile.length]!);

test.each(Object.keys(rules))("%s gives the same bits for denormals, infinities and NaN", (rule) => {
  for (const gradientScale of [0.5, 0]) {
    const [want, ...others] = sessions.map((session) =>
      after(session, rule, large, { fill: hostileFill, gradientScale }),
    );
    for (const got of others) expectSameBits(got, want!);
  }
});

/** Zeros, then other numbers, by turns. */
const fillsWithStretches = (
  [
    [0, normal],
    [-0, normal],
    [0, hostileFill],
  ] as const
).map(
  ([zero, fill]): Fill =>
    (count) =>
      fill(count).map((value, i) => (Math.floor(i / 700) % 2 === 0 ? zero : value)),
);

test.each([
  "adam",
  "adam, epsilon hat",
  "adamw",
  "amsgrad",
  "sgd",
  "sgd, decoupled",
  "adagrad",
  "adagrad, epsilon in the root",
])("%s gives the same bits where moments are zero and gradients are missing", (rule) => {
  for (const fill of fillsWithStretches) {
    const scales = [-0.5, 3e38].map((gradientScale) => ({ weightDecay: 0, gradientScale }));
    for (const more of [{ weightDecay: 0 }, { weightDecay: 0.1 }, { weightDecay: 0, learningRate: 0 }, ...scales]) {
      const [want, ...others] = sessions.map((session) => after(session, rule, large, { fill, ...more }));
      for (const got of others) expectSameBits(got, want!);
    }
  }
});

test.each(Object.keys(rules))("%s takes the step of the dense gradient for a sparse one", (rule) => {
  for (const session of sessions) {
    using _ = session.scope();
    const [sparse, dense] = [makeMembers(session, large), makeMembers(session, large)];
    rules[rule]!(sparse, options);
    rules[rule]!(
      dense.map((member) => changed(member, { gradient: { kind: "dense", values: t.denseGradient(member.gradient) } })),
      options,
    );
    expectSameBits(contentsOf(sparse), contentsOf(dense));
  }
});

test.each(Object.keys(rules).filter((rule) => rule !== "lamb"))(
  "%s changes the rows that occur, and no others, when it is lazy",
  (rule) => {
    const [session] = sessions as [t.Session];
    const [before, whole, lazy] = [undefined, false, true].map((lazy) => {
      using _ = session.scope();
      const members = makeMembers(session, large);
      members.forEach(makeAll);
      if (lazy !== undefined) rules[rule]!(members, { ...options, lazy });
      return contentsOf(members);
    }) as [t.TypedArray[], t.TypedArray[], t.TypedArray[]];
    const arraysEach = moments.length + 1;
    for (const [index, values] of lazy.entries()) {
      const { shape, rows } = large[Math.floor(index / arraysEach)]!;
      for (let row = 0; row < shape[0]; row++) {
        const want = rows === undefined || rows.includes(row) ? whole[index]! : before[index]!;
        const of = (x: t.TypedArray) => x.subarray(row * shape[1], (row + 1) * shape[1]);
        expectSameBits([of(values)], [of(want)]);
      }
    }
    expect(lazy[arraysEach]).not.toEqual(whole[arraysEach]); // weights decay in the rows of the first sparse gradient
  },
);

test("a variance that rounding makes negative counts as zero in a centered step", async () => {
  for (const session of sessions) {
    using _ = session.scope();
    const one = (value: number) => session.tensor([value], [1]);
    const [parameter, meanSquare, meanGradient] = [one(1), one(1), one(1.1)];
    const gradient: t.Gradient = { kind: "dense", values: one(1) };
    const step = { name: "weight", parameter, gradient, meanSquare, meanGradient };
    t.rmspropStep([step], { ...options, ...rmsprop, epsilon: 1, weightDecay: 0, momentum: 0, centered: true });
    expect(parameter.item()).toBe(Math.fround(1 - Math.fround(Math.fround(0.01) * 0.5)));
  }
});

test("the sum of squares is that of all gradients in order, the same everywhere", () => {
  fc.assert(
    fc.property(members, (sizes) => {
      const sums = sessions.map((session) => {
        using _ = session.scope();
        const gradients = makeMembers(session, [...large, ...sizes]).map((member) => member.gradient);
        const dense = gradients.map((gradient) => ({ kind: "dense", values: t.denseGradient(gradient) }) as const);
        const together = t.sumOfSquares(...gradients);
        expect(together).toBe(gradients.reduce((total, gradient) => total + t.sumOfSquares(gradient), 0));
        expect(together).toBe(t.sumOfSquares(...dense));
        return together;
      });
      expect(new Set(sums).size).toBe(1);
    }),
    { numRuns: 20 },
  );
  expect(t.sumOfSquares()).toBe(0);
});

test("norms of wide and narrow sparse gradients, whose rows cross chunks", () => {
  const cases = fc.tuple(fc.constantFrom(1, 37, 4096, 5000, 9000), fc.uniqueArray(fc.nat(30)));
  fc.assert(
    fc.property(cases, ([width, unsorted]) => {
      const rows = unsorted.toSorted((a, b) => a - b);
      const values = normal(rows.length * width);
      const sums = sessions.map((session) => {
        using _ = session.scope();
        const gradient = makeGradient(session, { shape: [31, width], rows }, values);
        return [t.sumOfSquares(gradient), t.sumOfSquares({ kind: "dense", values: t.denseGradient(gradient) })];
      });
      expect(new Set(sums.flat()).size).toBe(1);
    }),
    { numRuns: 12 },
  );
});

test("a gradient or a moment of another shape is refused with the parameter's name", () => {
  for (const session of sessions) {
    using _ = session.scope();
    const [member] = makeMembers(session, [{ shape: [4, 3], rows: undefined }]) as [Member];
    const gradient: t.Gradient = { kind: "dense", values: session.zeros([3, 4]) };
    const named = { ...member, name: "lstm.weight_ih_l0" };
    expect(() => rules.adam!([{ ...named, gradient }], options)).toThrow(
      "adamStep: expected the gradient of lstm.weight_ih_l0 to have the parameter's shape [4, 3], got [3, 4]",
    );
    expect(() => rules.momentum!([{ ...named, velocity: session.zeros([4]) }], options)).toThrow(
      "sgdStep: expected each moment of lstm.weight_ih_l0 to have the parameter's shape [4, 3], got [4]",
    );
  }
});

test("two steps of one parameter at once are refused, and nothing is changed", () => {
  for (const session of sessions) {
    using _ = session.scope();
    const [member] = makeMembers(session, [{ shape: [4, 3], rows: undefined }]) as [Member];
    makeAll(member);
    const before = contentsOf([member]);
    expect(() => rules.rmsprop!([member, changed(member, { name: "tied" })], options)).toThrow(
      "rmspropStep: expected each parameter once, got parameter 0 and tied for the same elements",
    );
    expectSameBits(contentsOf([member]), before);
  }
});

test("a step without parameters does nothing", () => {
  expect(() => rules.adagrad!([], options)).not.toThrow();
});
