/** `score` and `bleu`: sacreBLEU's lines, intervals, tests of a difference, and what is refused. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const run = (...args: string[]) => inProcess(args, folder);

const reference = ["the cat is on the mat .", "", "A dog is running through the park."];
const files = {
  "out.en": ["the cat sat on the mat .", "", "A dog runs through the park."],
  "other.en": ["a cat is there", "x", "a dog"],
  "ref.en": reference,
  "second.en": ["the cat sat on a mat .", "", "The dog runs in the park."],
  "short.en": reference.slice(1),
  "empty.en": [],
};

beforeAll(() => {
  for (const [name, lines] of Object.entries(files))
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(join(folder, "latin.en"), Buffer.from([0x61, 0x0a, 0xe4, 0x0a, 0x62, 0x0a]));
});

describe("score", () => {
  test("prints the lines of sacreBLEU", async () => {
    const { code, stdout } = await run(
      "score",
      "--hyp",
      "out.en",
      "--ref",
      "ref.en",
      "--metrics",
      "bleu,chrf,chrf++,ter",
    );
    expect(code).toBe(0);
    // Of sacrebleu 2.6.0: sacrebleu ref.en -i out.en -m bleu chrf ter, and --chrf-word-order 2
    expect(stdout.split("\n")).toEqual([
      "BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0 = 45.52 85.7/66.7/40.0/25.0 (BP = 0.931 ratio = 0.933 hyp_len = 14 ref_len = 15)",
      "chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0 = 63.73",
      "chrF2++|nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0 = 65.75",
      "TER|nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0 = 21.43",
      "",
    ]);
  });

  test("gives intervals and a test against another system, the same every time", async () => {
    const args = ["score", "--hypotheses", "out.en", "--references", "ref.en", "second.en", "--json", "--seed", "7"];
    const once = await run(...args, "--bootstrap", "50", "--against", "other.en", "--test", "bootstrap");
    const again = await run(...args, "--bootstrap", "50", "--against", "other.en", "--test", "bootstrap");
    expect(again.stdout).toBe(once.stdout);
    const document = JSON.parse(once.stdout);
    expect(document).toMatchObject({ formatVersion: 1, segments: 3, references: 2 });
    expect(document.scores.bleu.signature).toContain("nrefs:2|bs:50|seed:7|case:mixed");
    expect(document.scores.bleu.against.difference).toBeCloseTo(
      document.scores.bleu.score - document.scores.bleu.against.score,
      9,
    );
    expect(document.scores.ter.interval.halfWidth).toBeGreaterThan(0);
    const { stdout } = await run("bleu", "--hyp", "out.en", "--ref", "ref.en", "--against", "other.en");
    expect(stdout).toMatch(/^BLEU\|nrefs:1.* = \d+\.\d\d .*\n {2}against \d+\.\d\d: \+\d+\.\d\d, p = \d\.\d{4}\n$/);
  });

  test("rates are fractions", async () => {
    const { stdout } = await run(
      "score",
      "--hyp",
      "ref.en",
      "--ref",
      "ref.en",
      "--metrics",
      "wer,cer,rouge-l,exact-match",
    );
    expect(stdout).toBe(
      "WER|nrefs:1 = 0.0000\nCER|nrefs:1 = 0.0000\nROUGE-L|nrefs:1 = 0.6667\nexact match|nrefs:1|case:mixed = 1.0000\n",
    );
  });
});

test.each([
  [["score", "--ref", "ref.en"], 2, "--hypotheses is missing"],
  [["bleu", "--hyp", "out.en"], 2, "--references is missing"],
  [["bleu", "--hyp", "out.en", "--ref", "short.en"], 2, "--references short.en: has 2 lines, where out.en has 3"],
  [["bleu", "--hyp", "out.en", "--ref", "ref.en", "--against", "short.en"], 2, "--against short.en: has 2 lines"],
  [["bleu", "--hyp", "empty.en", "--ref", "empty.en"], 2, "empty.en: "],
  [["bleu", "--hyp", "out.em", "--ref", "ref.en"], 2, "--hypotheses out.em: no such file; did you mean out.en?"],
  [
    ["score", "--hyp", "out.en", "--ref", "ref.en", "--metrics", "bleu,comet"],
    2,
    '"comet" is no metric; there are bleu',
  ],
  [["bleu", "--hyp", "latin.en", "--ref", "ref.en"], 2, "latin.en:2: invalid UTF-8"],
])("%j is refused", async (args, code, message) => {
  const outcome = await run(...args);
  expect(outcome.stderr).toContain(message);
  expect(outcome.code).toBe(code);
});
