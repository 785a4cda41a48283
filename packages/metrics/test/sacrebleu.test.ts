/** Every score and printed line is that of the Python package sacreBLEU, whose numbers `golden/make_golden.py` writes. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type BleuTokenizer,
  bleu,
  bleuTokenizers,
  chrf,
  countSegments,
  formatFixed,
  SACREBLEU_VERSION,
  sumCounts,
  type TextMetric,
  ter,
  tokenizeForBleu,
} from "../src/index.ts";
import { trimEnd } from "../src/words.ts";

interface Golden {
  readonly sacrebleu: string;
  readonly cases: readonly {
    readonly name: string;
    readonly hypotheses: readonly string[];
    /** One list for each reference of all segments. */
    readonly references: readonly (readonly string[])[];
    readonly scores: Readonly<Record<string, { readonly score: number; readonly line: string }>>;
    readonly tokens?: Readonly<Record<BleuTokenizer, readonly (readonly string[])[]>>;
  }[];
}

const golden = JSON.parse(readFileSync(new URL("golden/scores.json", import.meta.url), "utf8")) as Golden;

/** By the names that the golden file gives them. */
const metrics: Readonly<Record<string, TextMetric>> = {
  ...Object.fromEntries(bleuTokenizers.map((tokenize) => [tokenize, bleu({ tokenize })])),
  lc: bleu({ lowercase: true }),
  floor: bleu({ smoothing: "floor" }),
  "floor0.5": bleu({ smoothing: "floor", smoothValue: 0.5 }),
  "add-k": bleu({ smoothing: "add-k" }),
  "add-k2": bleu({ smoothing: "add-k", smoothValue: 2 }),
  "none-smoothed": bleu({ smoothing: "none" }),
  effective: bleu({ effectiveOrder: true }),
  order2: bleu({ maxOrder: 2 }),
  chrF: chrf(),
  "chrF++": chrf({ wordOrder: 2 }),
  chrFlc: chrf({ lowercase: true, beta: 1, characterOrder: 4 }),
  chrFspace: chrf({ whitespace: true, wordOrder: 1 }),
  chrFeps: chrf({ epsSmoothing: true }),
  TER: ter(),
  TERnorm: ter({ normalized: true }),
  TERcase: ter({ caseSensitive: true, noPunctuation: true }),
  TERasian: ter({ normalized: true, asianSupport: true }),
  TERasianNoPunct: ter({ noPunctuation: true, asianSupport: true }),
};

test("the version is that of the golden file", () => {
  expect(SACREBLEU_VERSION).toBe(golden.sacrebleu);
});

describe.each(golden.cases)("$name", ({ hypotheses, references, scores, tokens }) => {
  const bySegment = hypotheses.map((_, segment) => references.map((own) => own[segment]!));

  test.each(Object.keys(scores))("%s", (key) => {
    const metric = metrics[key]!;
    const sums = sumCounts(countSegments(metric, hypotheses, bySegment));
    const score = metric.score(sums);
    expect(Math.abs(score - scores[key]!.score)).toBeLessThan(1e-9);
    const details = metric.details?.(sums);
    const line = `${metric.name}|${metric.signature(references.length)} = ${formatFixed(score, 2)}`;
    expect(details === undefined ? line : `${line} ${details}`).toBe(scores[key]!.line);
  });

  if (tokens === undefined) return;
  test.each(bleuTokenizers)("tokens of %s", (tokenizer) => {
    expect(hypotheses.map((text) => tokenizeForBleu(trimEnd(text), tokenizer))).toEqual(tokens[tokenizer]);
  });
});
