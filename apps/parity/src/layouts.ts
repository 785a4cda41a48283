/** Runs the comparison of encodings: both sides train tokenizers, both sides load them all, and their rows are compared. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@cellstate/tokenizers";
import { type Case, paddingCases, plain, requestsFor, shortRequestsFor, truncationCases } from "./cases.ts";
import { type Comparison, compareRows, describeDifference, writesAlike } from "./compare.ts";
import { ownLayouts } from "./own-layouts.ts";
import type { Peer } from "./peer.ts";
import type { Request, Row } from "./rows.ts";

/** One line of the table. */
export interface LayoutResult {
  /** `hf-gpt2` was trained by Hugging Face's library, `own-bert` by this one. */
  readonly name: string;
  readonly requests: number;
  readonly differing: number;
  /** How many of the requests differ in what. */
  readonly byField: ReadonlyMap<string, number>;
  readonly writesAlike: boolean;
}

export interface LayoutOptions {
  /** Texts to compare. */
  readonly texts: readonly string[];
  /** Texts to train on. */
  readonly training: readonly string[];
  /** Tokens of the tokenizers that Hugging Face's library trains, four times as many of unigram models. */
  readonly vocabSize: number;
  /** Texts for the cases with truncation and padding. */
  readonly short: readonly string[];
  /** Tokenizers to compare; all without. */
  readonly only?: readonly string[] | undefined;
  /** Differences to print of each field. */
  readonly show: number;
  /** Called with each result, and with a few lines on what differs. */
  readonly report: (result: LayoutResult, lines: readonly string[]) => void;
  /** Called with what Hugging Face's library gave for each tokenizer in the plain case. */
  readonly visit?: (name: string, json: object, requests: readonly Request[], rows: readonly Row[]) => void;
}

/** These are compared under truncation and padding too. */
const CUT_AND_PADDED = new Set([
  "hf-gpt2",
  "hf-roberta",
  "hf-bert-uncased",
  "hf-t5",
  "hf-llama3",
  "own-bert",
  "own-word",
]);
const SHORT_REQUESTS = 150;
const FILE = ".tokenizer.json";

export function compareLayouts(peer: Peer, options: LayoutOptions): LayoutResult[] {
  const requests = {
    "requests.json": requestsFor(options.texts),
    "short-requests.json": shortRequestsFor(options.short, SHORT_REQUESTS),
  };
  for (const [name, value] of Object.entries(requests)) peer.write(name, value);
  trainBoth(peer, options.training, options.vocabSize);
  const names = readdirSync(peer.folder)
    .filter((name) => name.endsWith(FILE))
    .map((name) => name.slice(0, -FILE.length))
    .filter((name) => options.only?.includes(name) ?? true);
  return names.sort().map((name) => {
    const cases = CUT_AND_PADDED.has(name) ? [plain, ...truncationCases(), ...paddingCases()] : [plain];
    return compareLayout(peer, name, cases, requests, options);
  });
}

/** Leaves a file of every tokenizer in the folder. */
function trainBoth(peer: Peer, training: readonly string[], vocabSize: number): void {
  peer.write("texts.json", training);
  peer.run("tokenizer_parity.py", "train", peer.folder, String(vocabSize));
  for (const [name, train] of ownLayouts(training)) {
    writeFileSync(join(peer.folder, `own-${name}${FILE}`), train().stringify());
  }
}

function compareLayout(
  peer: Peer,
  name: string,
  cases: readonly Case[],
  requests: Readonly<Record<Case["requests"], readonly Request[]>>,
  { show, report, visit }: LayoutOptions,
): LayoutResult {
  peer.write(
    "cases.json",
    cases.map((each) => ({ ...each, tokenizers: [name] })),
  );
  peer.run("tokenizer_parity.py", "encode", peer.folder);
  const json: object = JSON.parse(readFileSync(join(peer.folder, `${name}${FILE}`), "utf8"));
  const comparisons: Comparison[] = [];
  let alike = true;
  for (const each of cases) {
    const file = `${name}.${each.name}.jsonl`;
    const [head, ...rows] = peer.readLines(file) as [{ readonly json: unknown }, ...Row[]];
    rmSync(join(peer.folder, file));
    const tokenizer = Tokenizer.fromJson({ ...json, padding: each.padding });
    // Without a post-processor, sequence ids of pairs that overflow are arbitrary there.
    const without =
      "post_processor" in json && json.post_processor === null && each !== plain ? "sequenceIds" : undefined;
    comparisons.push(compareRows(tokenizer, requests[each.requests], rows, { ...each, show, without }));
    if (each !== plain) continue;
    alike = writesAlike(tokenizer, json, head.json);
    visit?.(name, json, requests[each.requests], rows);
  }
  const result = { name, writesAlike: alike, ...totals(comparisons) };
  report(
    result,
    comparisons.flatMap(({ first }) => first.map(describeDifference)),
  );
  return result;
}

function totals(comparisons: readonly Comparison[]): Pick<LayoutResult, "requests" | "differing" | "byField"> {
  const byField = new Map<string, number>();
  for (const comparison of comparisons) {
    for (const [field, count] of comparison.byField) byField.set(field, (byField.get(field) ?? 0) + count);
  }
  const sum = (key: "requests" | "differing") => comparisons.reduce((total, each) => total + each[key], 0);
  return { requests: sum("requests"), differing: sum("differing"), byField };
}
