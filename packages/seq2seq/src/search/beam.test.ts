import { Rng } from "@cellstate/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expandHypotheses, rankHypotheses, runBeam, type SearchOptions } from "./beam.ts";
import { runGreedy } from "./greedy.ts";
import { emptyHypothesis, extend } from "./hypothesis.ts";
import { lengthPenalty } from "./length-penalty.ts";
import type { GreedyScorer, Scorer } from "./scorer.ts";

const [bosId, eosId, vocabSize] = [-1, 0, 4];
const noWeights = new Float64Array(0);

/** Made-up log probabilities of the next token after a prefix, the same for the same prefix. */
function logProbsAfter(seed: number, sentence: number, prefix: readonly number[]): Float64Array {
  return new Rng(seed).stream(`${sentence}: ${prefix.join(" ")}`).uniform(vocabSize, -4, 0);
}

/** A scorer whose state is the prefixes themselves; a generous one lists more tokens than it is asked for. */
function tableScorer(seed: number, sentences: number, generous = false): Scorer<readonly (readonly number[])[]> {
  return {
    sentences,
    bosId,
    eosId,
    start: () => Array.from({ length: sentences }, () => []),
    pick: (state, rows) => Array.from(rows, (row) => state[row]!),
    next: async (state, lastIds, rowSentences, count) => {
      const width = generous ? vocabSize : Math.min(count, vocabSize);
      const prefixes = state.map((prefix, row) => (lastIds[row] === bosId ? prefix : [...prefix, lastIds[row]!]));
      const ranked = prefixes.map((prefix, row) => {
        const logProbs = logProbsAfter(seed, rowSentences[row]!, prefix);
        return [...logProbs.entries()].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, width);
      });
      return {
        width,
        ids: Int32Array.from(ranked.flat(), ([id]) => id),
        logProbs: Float64Array.from(ranked.flat(), ([, logProb]) => logProb),
        attentionWeights: prefixes.map(() => noWeights),
        state: prefixes,
      };
    },
  };
}

/** The same for greedy search. */
function greedyScorer(seed: number, sentences: number): GreedyScorer<readonly (readonly number[])[]> {
  const { next, ...scorer } = tableScorer(seed, sentences);
  const chosen: number[] = [];
  return {
    ...scorer,
    choose: async (state, lastIds, rowSentences) => {
      const { logProbs, ...rest } = await next(state, lastIds, rowSentences, 1);
      chosen.push(...logProbs);
      return rest;
    },
    logProbs: () => chosen.splice(0),
  };
}

/** Every hypothesis of at most `maxDecodeLen` tokens, best first. */
function allHypotheses(seed: number, sentence: number, alpha: number, maxDecodeLen: number) {
  const found: { ids: number[]; score: number; finished: boolean }[] = [];
  const visit = (prefix: number[], logProb: number): void => {
    logProbsAfter(seed, sentence, prefix).forEach((step, id) => {
      const length = prefix.length + 1;
      const score = (logProb + step) / lengthPenalty(length, alpha);
      if (id === eosId) found.push({ ids: prefix, score, finished: true });
      else if (length === maxDecodeLen) found.push({ ids: [...prefix, id], score, finished: false });
      else visit([...prefix, id], logProb + step);
    });
  };
  visit([], 0);
  return found.sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score);
}

const alphas = fc.constantFrom(0, 0.6, 1.5);

test("a beam that holds everything finds every hypothesis in the order of its score", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), alphas, async (seed, alpha) => {
      const options = { beamSize: 128, lengthPenalty: alpha, maxDecodeLen: 4, nBest: 128 };
      const found = await runBeam(tableScorer(seed, 2), options);
      found.forEach((hypotheses, sentence) => {
        const short = hypotheses.map(({ ids, score, finished }) => ({ ids: [...ids], score, finished }));
        expect(short).toEqual(allHypotheses(seed, sentence, alpha, 4));
      });
    }),
    { numRuns: 20 },
  );
});

test("any beam returns distinct hypotheses with true scores, best first, at most nBest of them", async () => {
  const sizes = fc.integer({ min: 1, max: 6 });
  await fc.assert(
    fc.asyncProperty(fc.nat(), alphas, sizes, sizes, async (seed, alpha, beamSize, wanted) => {
      const nBest = Math.min(wanted, beamSize);
      const found = await runBeam(tableScorer(seed, 3), { beamSize, lengthPenalty: alpha, maxDecodeLen: 5, nBest });
      found.forEach((hypotheses, sentence) => {
        const all = allHypotheses(seed, sentence, alpha, 5);
        expect(hypotheses.length).toBeGreaterThan(0);
        expect(hypotheses.length).toBeLessThanOrEqual(nBest);
        const places = hypotheses.map(({ ids, score, finished }) =>
          all.findIndex((one) => one.finished === finished && one.score === score && String(one.ids) === String(ids)),
        );
        expect(places).not.toContain(-1);
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      });
    }),
    { numRuns: 50 },
  );
});

/** Beam search that never ends early: everything that ends or is cut, best first. */
function searchToTheEnd(
  seed: number,
  sentence: number,
  { beamSize, lengthPenalty: alpha, maxDecodeLen }: SearchOptions,
) {
  const found: { ids: number[]; score: number; finished: boolean }[] = [];
  let live: { ids: number[]; logProb: number }[] = [{ ids: [], logProb: 0 }];
  for (let length = 1; length <= maxDecodeLen; length++) {
    const penalty = lengthPenalty(length, alpha);
    const candidates = live
      .flatMap(({ ids, logProb }) => {
        const logProbs = logProbsAfter(seed, sentence, ids);
        return Array.from(logProbs, (step, id) => ({ ids, id, logProb: logProb + step }));
      })
      .sort((a, b) => b.logProb - a.logProb);
    const growing = candidates.filter(({ id }) => id !== eosId).slice(0, beamSize);
    for (const { ids, id, logProb } of candidates.slice(0, beamSize)) {
      if (id === eosId) found.push({ ids, score: logProb / penalty, finished: true });
    }
    live = growing.map(({ ids, id, logProb }) => ({ ids: [...ids, id], logProb }));
    if (length === maxDecodeLen) {
      for (const { ids, logProb } of live) found.push({ ids, score: logProb / penalty, finished: false });
    }
  }
  return found.sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score);
}

test("a search that ends early finds what it would find if it never did", async () => {
  const sizes = fc.integer({ min: 1, max: 5 });
  await fc.assert(
    fc.asyncProperty(fc.nat(), alphas, sizes, sizes, sizes, async (seed, alpha, beamSize, wanted, extra) => {
      const nBest = Math.min(wanted, beamSize);
      const options = { beamSize, lengthPenalty: alpha, maxDecodeLen: 2 + extra, nBest };
      const found = await runBeam(tableScorer(seed, 2), options);
      found.forEach((hypotheses, sentence) => {
        const short = hypotheses.map(({ ids, score, finished }) => ({ ids: [...ids], score, finished }));
        expect(short).toEqual(searchToTheEnd(seed, sentence, options).slice(0, nBest));
      });
    }),
    { numRuns: 200 },
  );
});

test("the best of all hypotheses is found although many that end early are worse", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), alphas, async (seed, alpha) => {
      const [found] = await runBeam(tableScorer(seed, 1), { beamSize: 81, lengthPenalty: alpha, maxDecodeLen: 5 });
      const { ids, score, finished } = found![0]!;
      expect({ ids: [...ids], score, finished }).toEqual(allHypotheses(seed, 0, alpha, 5)[0]);
    }),
    { numRuns: 50 },
  );
});

/** After nothing and after tokens alone: 1 is likely, the end less so; two tokens on, only the end is left. */
const slowScorer = (steps: { count: number }): Scorer<readonly number[]> => ({
  ...tableScorer(0, 1),
  start: () => [0],
  pick: (state, rows) => Array.from(rows, (row) => state[row]!),
  next: async (state) => {
    steps.count++;
    const ends = state[0]! >= 2;
    return {
      width: 2,
      ids: Int32Array.from(state.flatMap(() => (ends ? [eosId, 1] : [1, eosId]))),
      logProbs: Float64Array.from(state.flatMap(() => (ends ? [-0.1, -9] : [-0.3, -0.6]))),
      attentionWeights: state.map(() => noWeights),
      state: state.map((length) => length + 1),
    };
  },
});

test("a hypothesis that may still overtake the best ended one goes on, and no other does", async () => {
  const search = async (alpha: number, maxDecodeLen: number) => {
    const steps = { count: 0 };
    const [found] = await runBeam(slowScorer(steps), { beamSize: 2, lengthPenalty: alpha, maxDecodeLen });
    return { ids: [...found![0]!.ids], steps: steps.count };
  };
  // The end at once has -0.6, and "1 1" with its end -0.7: less, but more once each is divided by its penalty.
  expect(await search(0, 50)).toEqual({ ids: [], steps: 2 });
  expect(await search(1, 3)).toEqual({ ids: [1, 1], steps: 3 });
  // What else goes on then has -9.6, which no penalty of up to 50 tokens makes more.
  expect(await search(1, 50)).toEqual({ ids: [1, 1], steps: 3 });
});

test("a beam of one equals greedy search", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const greedy = await runGreedy(greedyScorer(seed, 3), { maxDecodeLen: 6 });
      const beam = await runBeam(tableScorer(seed, 3), { beamSize: 1, lengthPenalty: 0, maxDecodeLen: 6 });
      expect(beam).toEqual(greedy.map((hypothesis) => [hypothesis]));
    }),
    { numRuns: 50 },
  );
});

test("asking each row for a few tokens loses nothing against asking for all", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 2 }), async (seed, beamSize) => {
      const options = { beamSize, lengthPenalty: 0.6, maxDecodeLen: 6, nBest: beamSize };
      expect(await runBeam(tableScorer(seed, 3), options)).toEqual(await runBeam(tableScorer(seed, 3, true), options));
    }),
    { numRuns: 100 },
  );
});

test("expandHypotheses keeps sentences apart and adds log probabilities up", () => {
  const live = [extend(emptyHypothesis(4), 1, -1, noWeights), extend(emptyHypothesis(7), 2, -2, noWeights)];
  const next = { width: 2, ids: Int32Array.of(5, 6, 7, 8), logProbs: Float64Array.of(-0.5, -1, -0.25, -3) };
  expect([...expandHypotheses(live, next)]).toEqual([
    [
      4,
      [
        { row: 0, place: 0, id: 5, logProb: -1.5 },
        { row: 0, place: 1, id: 6, logProb: -2 },
      ],
    ],
    [
      7,
      [
        { row: 1, place: 0, id: 7, logProb: -2.25 },
        { row: 1, place: 1, id: 8, logProb: -5 },
      ],
    ],
  ]);
});

test("rankHypotheses lets an end count only among the best and breaks ties by row, then place", () => {
  const candidate = (row: number, place: number, id: number, logProb: number) => ({ row, place, id, logProb });
  const [good, tied, end, late] = [
    candidate(1, 0, 5, -1),
    candidate(0, 1, 6, -1),
    candidate(0, 0, eosId, -2),
    candidate(1, 1, 7, -3),
  ];
  expect(rankHypotheses([good, end, tied, late], 2, eosId)).toEqual({ growing: [tied, good], ended: [] });
  expect(rankHypotheses([good, end, tied, late], 3, eosId)).toEqual({ growing: [tied, good, late], ended: [end] });
});

test("lengthPenalty is Wu's formula", () => {
  expect(lengthPenalty(7, 0)).toBe(1);
  expect(lengthPenalty(7, 1)).toBe(2);
  expect(lengthPenalty(1, 0.6)).toBe(1);
  expect(lengthPenalty(19, 0.5)).toBeCloseTo(2, 12);
});
