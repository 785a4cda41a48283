import { backward, createSession, denseGradient, Rng, type Session, type Tensor } from "@cellstate/tensor";
import { checkGradients } from "@cellstate/tensor/testing";
import { beforeAll, expect, test } from "vitest";
import { tagConstraints } from "./constraints.ts";
import { Crf } from "./crf.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession({ backend: "reference", dtype: "float64" });
});

const lengths = Int32Array.of(4, 1, 3, 0);
const stream = new Rng(3).stream("crf");

function emissionsOf(tags: number, on = session): Tensor {
  return on.tensor(stream.fork(`emissions ${tags}`).normal(4 * 4 * tags), [4, 4, tags], { requiresGrad: true });
}

/** All tag sequences of a length. */
function sequences(tags: number, length: number): number[][] {
  if (length === 0) return [[]];
  const shorter = sequences(tags, length - 1);
  return shorter.flatMap((path) => Array.from({ length: tags }, (_, tag) => [...path, tag]));
}

/** Scores of all paths of a row, by their definition. */
function allScores(crf: Crf, emissions: Tensor, row: number): { path: number[]; score: number }[] {
  const { numTags } = crf;
  const at = (tensor: Tensor, ...index: number[]) => {
    return tensor.readSync()[index.reduce((place, i, axis) => place * tensor.shape[axis]! + i, 0)]!;
  };
  return sequences(numTags, lengths[row]!).map((path) => {
    let score = at(crf.startTransitions, path[0]!) + at(crf.endTransitions, path.at(-1)!);
    path.forEach((tag, time) => {
      score += at(emissions, row, time, tag);
      if (time > 0) score += at(crf.transitions, path[time - 1]!, tag);
    });
    return { path, score };
  });
}

const logSum = (scores: readonly number[]) => Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));

const gold = [2, 0, 1, 1, 0, 9, 9, 9, 1, 1, 2, 9, 9, 9, 9, 9];

test("the loss is the log sum over all paths less the score of the given one, a mean over rows or steps", () => {
  const crf = new Crf(session, { numTags: 3, stream });
  const emissions = emissionsOf(3);
  const each = [0, 1, 2].map((row) => {
    const all = allScores(crf, emissions, row);
    const path = gold.slice(row * 4, row * 4 + lengths[row]!).join();
    return logSum(all.map(({ score }) => score)) - all.find((one) => one.path.join() === path)!.score;
  });
  const [a, b, c] = each as [number, number, number];
  const loss = (more: object = {}) => crf.loss(emissions, gold, { lengths, ...more });
  expect(loss().item()).toBeCloseTo((a + b + c) / 3, 12);
  expect(loss({ perStep: true }).item()).toBeCloseTo((a + b + c) / 8, 12);
  expect(loss({ weights: [2, 0, 1, 1] }).item()).toBeCloseTo((2 * a + c) / 3, 12);
  expect([...loss({ reduction: "none" }).readSync()].map((x) => x.toFixed(9))).toEqual(
    [...each, 0].map((x) => x.toFixed(9)),
  );
});

test("gradients agree with central differences, with constraints too", () => {
  const emissions = emissionsOf(3);
  const free = new Crf(session, { numTags: 3, stream });
  const parameters = [emissions, ...free.parameters().values()];
  checkGradients(() => free.loss(emissions, gold, { lengths, weights: [1, 2, 0.5, 1] }), parameters, { rtol: 1e-6 });
  const constraints = tagConstraints("bio", ["O", "B-X", "I-X"]);
  const bio = new Crf(session, { numTags: 3, constraints, stream });
  const tags = [0, 1, 2, 2, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
  checkGradients(() => bio.loss(emissions, tags, { lengths }), [emissions, ...bio.parameters().values()]);
});

test("decode finds the best path, decodeBest the n best ones in order, marginals the share of each tag", () => {
  const crf = new Crf(session, { numTags: 3, stream });
  const emissions = emissionsOf(3);
  const marginals = crf.marginals(emissions, lengths).readSync();
  const decoded = crf.decodeBest(emissions, 5, lengths);
  [0, 1, 2].forEach((row) => {
    const all = allScores(crf, emissions, row).sort((x, y) => y.score - x.score);
    const best = all.slice(0, 5);
    expect(decoded[row]!.map(({ tags }) => tags)).toEqual(best.map(({ path }) => path));
    for (const [rank, { score }] of decoded[row]!.entries()) expect(score).toBeCloseTo(best[rank]!.score, 12);
    const total = logSum(all.map(({ score }) => score));
    for (let time = 0; time < lengths[row]!; time++) {
      for (let tag = 0; tag < 3; tag++) {
        const share = logSum(all.filter(({ path }) => path[time] === tag).map(({ score }) => score)) - total;
        expect(marginals[(row * 4 + time) * 3 + tag]).toBeCloseTo(Math.exp(share), 12);
      }
    }
  });
  expect(crf.decode(emissions, lengths).map(({ tags }) => tags)).toEqual(decoded.map(([first]) => first!.tags));
  expect([...marginals.subarray((2 * 4 + 3) * 3)]).toEqual(Array(15).fill(0));
});

test("constraints leave allowed paths only, to the sum and to the search", () => {
  const labels = ["O", "B-X", "I-X", "B-Y", "I-Y"];
  const constraints = tagConstraints("bio", labels);
  const crf = new Crf(session, { numTags: 5, constraints, stream });
  const emissions = emissionsOf(5);
  const isAllowed = (path: readonly number[]) =>
    path.every(
      (tag, step) =>
        labels[tag]![0] !== "I" || (step > 0 && labels[path[step - 1]!]!.slice(1) === labels[tag]!.slice(1)),
    );
  const all = allScores(crf, emissions, 0)
    .filter(({ path }) => isAllowed(path))
    .sort((x, y) => y.score - x.score);
  const tags = [0, 1, 2, 0];
  const wanted = logSum(all.map(({ score }) => score)) - all.find(({ path }) => path.join() === tags.join())!.score;
  const one = { lengths: Int32Array.of(4, 0, 0, 0) };
  expect(crf.loss(emissions, [...tags, ...Array(12).fill(0)], one).item()).toBeCloseTo(wanted, 9);
  const best = crf.decodeBest(emissions, 1000, one.lengths)[0]!;
  expect(best.map(({ tags: path }) => path)).toEqual(all.map(({ path }) => path));
});

test("padding and what stands on it move no bit, and rows are the same alone", async () => {
  const single = await createSession({ backend: "reference" });
  const crf = new Crf(single, { numTags: 3, stream });
  const run = (seqLen: number, filler: number) => {
    const data = emissionsOf(3, single).readSync();
    const pad = Array.from({ length: 4 * seqLen * 3 }, (_, place) => {
      const [row, time, tag] = [Math.floor(place / 3 / seqLen), Math.floor(place / 3) % seqLen, place % 3];
      return time < lengths[row]! ? data[(row * 4 + time) * 3 + tag]! : filler;
    });
    const tags = Array.from({ length: 4 * seqLen }, (_, place) => {
      const [row, time] = [Math.floor(place / seqLen), place % seqLen];
      return time < lengths[row]! ? gold[row * 4 + time]! : filler;
    });
    const emissions = single.tensor(pad, [4, seqLen, 3], { requiresGrad: true });
    const loss = crf.loss(emissions, tags, { lengths });
    const value = loss.item();
    const gradients = backward(loss);
    const real = [...denseGradient(gradients.get(emissions)!).readSync()].filter((_, place) => {
      return Math.floor(place / 3) % seqLen < lengths[Math.floor(place / 3 / seqLen)]!;
    });
    const weights = [...crf.parameters().values()].map((weight) => [
      ...denseGradient(gradients.get(weight)!).readSync(),
    ]);
    return { value, real, weights };
  };
  expect(run(7, Number.NaN)).toEqual(run(4, 0));
});

test("loss and gradients have the same bits on every backend", async () => {
  const results = await Promise.all(
    (["reference", "wasm", "auto"] as const).map(async (backend) => {
      const on = await createSession({ backend });
      const crf = new Crf(on, { numTags: 3, stream });
      const emissions = emissionsOf(3, on);
      const loss = crf.loss(emissions, gold, { lengths });
      const value = loss.item();
      const gradients = backward(loss);
      const all = [emissions, ...crf.parameters().values()].map((x) => denseGradient(gradients.get(x)!).readSync());
      return { value, all, marginals: crf.marginals(emissions, lengths).readSync() };
    }),
  );
  for (const result of results) expect(result).toEqual(results[0]);
});

test("a row without steps has an empty path, and rows without steps alone have no loss", () => {
  const crf = new Crf(session, { numTags: 3, stream });
  const none = new Int32Array(4);
  expect(crf.decode(emissionsOf(3), none)[0]).toEqual({ tags: [], score: 0 });
  const emissions = emissionsOf(3);
  const loss = crf.loss(emissions, gold, { lengths: none });
  expect(loss.item()).toBe(0);
  expect([...denseGradient(backward(loss).get(emissions)!).readSync()].every((slope) => slope === 0)).toBe(true);
});

test("what does not fit is refused by its place", () => {
  const constraints = tagConstraints("bio", ["O", "B-X", "I-X"]);
  const crf = new Crf(session, { numTags: 3, constraints, stream });
  const emissions = emissionsOf(3);
  const loss =
    (tags: readonly number[], options: object = { lengths }) =>
    () =>
      crf.loss(emissions, tags, options);
  const zeros = Array<number>(16).fill(0);
  expect(loss([0])).toThrow("Crf.loss: expected 16 tags, got 1");
  expect(loss(zeros.with(9, 3))).toThrow("Crf.loss: tag 3 at [2, 1] is not one of 3 tags");
  expect(loss(zeros.with(9, Number.NaN))).toThrow("Crf.loss: tag NaN at [2, 1] is not one of 3 tags");
  expect(loss(zeros.with(9, 2))).toThrow("Crf.loss: the constraints forbid tag 2 at [2, 1]");
  expect(loss(zeros, { lengths: Int32Array.of(5, 1, 1, 1) })).toThrow(
    "Crf.loss: expected lengths in [0, 4], got 5 in row 0",
  );
  expect(loss(zeros, { colour: 1 })).toThrow(
    "Crf.loss: expected options to be among lengths, weights, reduction, perStep, got colour",
  );
  expect(() => crf.decode(session.zeros([4, 4, 2]))).toThrow(
    "Crf.decode: expected emissions of shape [batch, time, 3], got [4, 4, 2]",
  );
  const spoilt = session.tensor(
    Array.from({ length: 12 }, (_, i) => (i === 7 ? Number.NaN : 0)),
    [2, 2, 3],
  );
  expect(() => crf.decode(spoilt)).toThrow("Crf.decode: expected emissions to be numbers, got NaN at [1, 0, 1]");
  expect(() => new Crf(session, { numTags: 2, constraints, stream })).toThrow(
    "Crf: expected constraints to be about 2 tags, got a list of 3",
  );
});

test("BIOES lets chunks end by E or S only, and labels of another scheme are refused", () => {
  const labels = ["O", "B-X", "I-X", "E-X", "S-X", "E-Y"];
  const { transitions, start, end } = tagConstraints("bioes", labels);
  const after = (label: string) => labels.filter((_, to) => transitions[labels.indexOf(label)]![to]);
  expect(after("O")).toEqual(["O", "B-X", "S-X"]);
  expect(after("B-X")).toEqual(["I-X", "E-X"]);
  expect(after("E-X")).toEqual(["O", "B-X", "S-X"]);
  expect(labels.filter((_, tag) => start[tag])).toEqual(["O", "B-X", "S-X"]);
  expect(labels.filter((_, tag) => end[tag])).toEqual(["O", "E-X", "S-X", "E-Y"]);
  expect(() => tagConstraints("bio", ["O", "S-X"])).toThrow(
    'tagConstraints: expected labels to be O, B-..., I-... in the scheme bio, got "S-X"',
  );
});
