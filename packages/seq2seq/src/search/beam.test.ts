import { Rng } from "@cellstate/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expandHypotheses, rankHypotheses, runBeam } from "./beam.ts";
import { runGreedy } from "./greedy.ts";
import { emptyHypothesis, extend } from "./hypothesis.ts";
import { lengthPenalty } from "./length-penalty.ts";
import type { Scorer } from "./scorer.ts";

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

test("a beam of one equals greedy search", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const greedy = await runGreedy(tableScorer(seed, 3), { maxDecodeLen: 6 });
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
  expect(expandHypotheses(live, next)).toEqual([
    [
      { row: 0, place: 0, id: 5, logProb: -1.5 },
      { row: 0, place: 1, id: 6, logProb: -2 },
    ],
    [
      { row: 1, place: 0, id: 7, logProb: -2.25 },
      { row: 1, place: 1, id: 8, logProb: -5 },
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
