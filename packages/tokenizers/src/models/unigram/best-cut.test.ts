import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenTrie } from "../../lookup/token-trie.ts";
import { CutFinder } from "./best-cut.ts";
import { Lattice } from "./lattice.ts";

const anyPiece = fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "👩"), maxLength: 30 });
const anyTokens = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom("a", "b", "é", "👩"), minLength: 1, maxLength: 4 }),
  {
    minLength: 1,
  },
);
// Few different scores, so that ways often have equal ones.
const anyScores = fc.array(fc.integer({ min: -6, max: 0 }), { minLength: 1 });

test("cuts as the best path of the lattice does, between equals too", () => {
  fc.assert(
    fc.property(anyPiece, anyTokens, anyScores, fc.boolean(), (piece, tokens, someScores, hasUnknown) => {
      const scores = Float64Array.from(tokens, (_, id) => someScores[id % someScores.length] ?? 0);
      const unknown = hasUnknown ? { id: tokens.length, score: -16 } : undefined;
      const trie = new TokenTrie(tokens);
      const lattice = new Lattice(trie, scores, unknown);
      lattice.fill(piece);
      const path = lattice.bestPath();
      expect(new CutFinder(trie, scores, unknown).find(piece)).toEqual(path && lattice.cutAlong(path));
    }),
    { numRuns: 2000 },
  );
});

test("takes memory by the piece alone, where every part of it is a token", () => {
  const tokens = Array.from({ length: 2000 }, (_, index) => "x".repeat(index + 1));
  const finder = new CutFinder(new TokenTrie(tokens), new Float64Array(tokens.length).fill(-1));
  expect(finder.find("x".repeat(20_000))?.ids).toEqual(new Array(10).fill(1999));
});
