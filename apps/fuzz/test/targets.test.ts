/** Every target: what was found once stays mended, and a short pass finds nothing new. */
import { describe, expect, test } from "vitest";
import { corpusOf } from "../src/corpus.ts";
import { fuzzTarget, replay } from "../src/fuzz-target.ts";
import { targets } from "../src/targets.ts";

/** Less than a second each on an ordinary machine; `pnpm fuzz` does more. */
const INPUTS = 60;

describe.each(targets)("$name", (target) => {
  const corpus = corpusOf(target.name);

  test.runIf(corpus.length > 0)("what was found once is refused properly, or right", { timeout: 120_000 }, async () => {
    const outcomes = await replay(
      target,
      corpus.map(({ input }) => input),
    );
    const findings = outcomes.flatMap((outcome, i) =>
      "finding" in outcome ? [{ file: corpus[i]!.path, ...outcome.finding }] : [],
    );
    expect(findings).toEqual([]);
  });

  test(`its seeds are accepted, and ${INPUTS} inputs give typed errors in time and nothing that contradicts itself`, {
    timeout: 180_000,
  }, async () => {
    const options = { seed: 1, inputs: INPUTS, seconds: 120, guided: false };
    const { inputs, accepted, refusedSeeds, findings } = await fuzzTarget(target, options);
    expect(findings.map(({ kind, message, stack }) => ({ kind, message, stack }))).toEqual([]);
    expect(refusedSeeds).toBe(0);
    expect(inputs).toBe(INPUTS);
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(INPUTS);
  });
});
