/** Encoding and decoding text. */
import type { TokenizerRequest } from "../request.ts";
import { LAYOUTS, type LayoutName, type Reviews, writeReviews } from "../reviews.ts";
import { interleave, type Outcome, type Runner } from "../runner.ts";
import { type Bench, contendersOf, numberOf, problemsOf, type Suite } from "../suite.ts";
import { formatNumber, formatRatio, none, type Table } from "../table.ts";

export const tokenizers: Suite = {
  name: "tokenizers",
  peers: "tokenizers",
  title: "Tokenizers",
  about:
    "MB/s (10^6 UTF-8 bytes) on one thread, over 18 MB of English film reviews (IMDB), one review a call: the first pass of a new " +
    "process, and a later one, for which caches are warm; in brackets the ratio of later ones to the first column. All libraries read the same " +
    "tokenizer.json files, of 8,000 tokens (words: 20,000), trained by Cellstate on 4,000 other reviews; gpt-tokenizer has its own " +
    "vocabulary, cl100k. WordPiece is with BERT's normalizer, lower case. Offsets are not asked for but where a row says so.",
  run: (bench) => {
    const reviews = writeReviews();
    return typeof reviews === "string" ? [] : [encodeTable(bench, reviews), decodeTable(bench, reviews)];
  },
};

function encodeTable(bench: Bench, reviews: Reviews): Table {
  const names = Object.keys(LAYOUTS) as LayoutName[];
  const rows = names.map((layout) => ({ layout, label: layout as string, offsets: false }));
  const [first] = names;
  rows.splice(1, 0, { layout: first!, label: `${first}, with offsets`, offsets: true });
  return speedTable(
    bench,
    reviews,
    "encode",
    rows.map(({ layout, label, offsets }) => {
      const request = {
        task: "encode",
        tokenizer: reviews.tokenizers[layout],
        texts: reviews.unseen,
        offsets,
      } as const;
      return { label, request, runners: bench.found.tokenizers.filter(({ can }) => can("encode", layout, offsets)) };
    }),
  );
}

function decodeTable(bench: Bench, reviews: Reviews): Table {
  const names = Object.keys(LAYOUTS) as LayoutName[];
  return speedTable(
    bench,
    reviews,
    "decode",
    names.map((layout) => {
      const request = { task: "decode", tokenizer: reviews.tokenizers[layout], texts: reviews.unseen } as const;
      return { label: layout, request, runners: bench.found.tokenizers.filter(({ can }) => can("decode", layout)) };
    }),
  );
}

interface Row {
  readonly label: string;
  readonly request: TokenizerRequest;
  readonly runners: readonly Runner[];
}

/** One row a request, with a column for each runner that takes part in any of them. */
export function speedTable(bench: Bench, { unseenBytes }: Reviews, title: string, rows: readonly Row[]): Table {
  const columns = bench.found.tokenizers.filter((runner) => rows.some(({ runners }) => runners.includes(runner)));
  const notes: string[] = [];
  const cells = rows.map(({ label, request, runners }) => {
    const contenders = contendersOf(runners, request);
    const outcomes = interleave(contenders, bench);
    notes.push(...problemsOf(contenders, outcomes, label));
    const ordered = columns.map((column) => outcomes[runners.indexOf(column)]);
    return [label, ...ordered.map((outcome) => speedCell(outcome, ordered[0], unseenBytes))];
  });
  return { header: [`${title}, MB/s`, ...columns.map(({ name }) => name)], rows: cells, notes };
}

function speedCell(outcome: Outcome | undefined, base: Outcome | undefined, bytes: number): string {
  const [first, later, laterOfBase] = [numberOf(outcome, "first"), numberOf(outcome, "later"), numberOf(base, "later")];
  if (first === undefined || later === undefined) return none;
  const speeds = [first, later].map((ms) => formatNumber(bytes / 1000 / ms)).join(" / ");
  return outcome === base || laterOfBase === undefined ? speeds : `${speeds} (${formatRatio(laterOfBase, later)})`;
}
