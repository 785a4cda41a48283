/** What encoding costs at its limits: words without end, many added tokens, large batches. */
import { LAYOUTS, type LayoutName, type Reviews, writeReviews } from "../reviews.ts";
import { interleave } from "../runner.ts";
import { logLogSlope } from "../statistics.ts";
import { type Bench, contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { formatNumber, none, type Table } from "../table.ts";
import { speedTable } from "./tokenizers.ts";

const lengths = [2_500_000, 5_000_000, 10_000_000];
const addedTokens = [0, 5, 1000, 10_000];
const layouts = Object.keys(LAYOUTS) as LayoutName[];

export const tokenizerLimits: Suite = {
  name: "tokenizer-limits",
  peers: "tokenizers",
  title: "Limits of tokenizers",
  about:
    "One word of millions of random letters (the exponent p of time = c x length^p is 1 where cost is linear); byte-level BPE with " +
    "many added tokens that the text lacks, as encoding above; and what a process grows by, in MB (10^6 bytes), as it encodes 18 MB in one " +
    "batch, ids alone and with tokens, offsets and masks.",
  run: (bench) => {
    const reviews = writeReviews();
    return typeof reviews === "string"
      ? []
      : [longWords(bench, reviews), manyAddedTokens(bench, reviews), batches(bench, reviews)];
  },
};

function longWords(bench: Bench, reviews: Reviews): Table {
  const notes: string[] = [];
  const rows = layouts.map((layout) => {
    const request = { task: "long word", tokenizer: reviews.tokenizers[layout], lengths } as const;
    const contenders = contendersOf(bench.found.tokenizers.slice(0, 1), request);
    const outcomes = interleave(contenders, bench);
    notes.push(...problemsOf(contenders, outcomes, layout));
    const times = lengths.map((length) => numberOf(outcomes[0], `${length}`));
    const known = times.filter((time) => time !== undefined);
    const exponent = known.length === lengths.length ? logLogSlope(lengths, known).toFixed(2) : none;
    return [layout, ...times.map((time) => (time === undefined ? none : formatNumber(time))), exponent];
  });
  const columns = lengths.map((length) => `${length / 1e6} MB`);
  return { header: ["one word, ms", ...columns, "exponent"], rows, notes };
}

function manyAddedTokens(bench: Bench, reviews: Reviews): Table {
  const layout = "byte-level BPE";
  const rows = addedTokens.map((count) => ({
    label: `${count.toLocaleString("en-US")} added tokens`,
    request: { task: "added tokens", tokenizer: reviews.tokenizers[layout], texts: reviews.unseen, count } as const,
    runners: bench.found.tokenizers.filter(({ can }) => can("added tokens", layout)),
  }));
  return speedTable(bench, reviews, "encode", rows);
}

function batches(bench: Bench, reviews: Reviews): Table {
  const notes: string[] = [];
  const rows = layouts.map((layout) => {
    const request = { task: "memory", tokenizer: reviews.tokenizers[layout], texts: reviews.unseen } as const;
    const contenders = contendersOf(bench.found.tokenizers.slice(0, 1), request);
    const [outcome] = interleave(contenders, bench);
    notes.push(...problemsOf(contenders, [outcome!], layout));
    const sizes = ["ids", "columns"].map((name) => numberOf(outcome, name));
    return [layout, ...sizes.map((bytes) => (bytes === undefined ? none : formatNumber(bytes / 1e6)))];
  });
  return { header: ["batch of 18 MB, MB", "ids", "all columns"], rows, notes };
}
