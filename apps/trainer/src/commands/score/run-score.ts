/** Scores of files of lines. */
import { readLines } from "@cellstate/data/node";
import {
  approximateRandomization,
  bleu,
  bootstrapInterval,
  characterErrorRate,
  chrf,
  countSegments,
  DEFAULT_SEED,
  exactMatch,
  formatFixed,
  type PairedTest,
  pairedBootstrap,
  rougeL,
  type SegmentCounts,
  sumCounts,
  type TextMetric,
  ter,
  wordErrorRate,
} from "@cellstate/metrics";
import { inputFile } from "../../command-line/input-file.ts";
import { UsageError } from "../../errors.ts";
import { print, printJson } from "../../terminal/print.ts";
import type { MetricName, ScoreOptions } from "../score.ts";

const FORMAT_VERSION = 1;

interface Corpus {
  readonly hypotheses: readonly string[];
  /** One list for each segment. */
  readonly references: readonly (readonly string[])[];
  /** What `--against` names. */
  readonly others: readonly string[] | undefined;
}

interface Scored {
  readonly score: number;
  readonly signature: string;
  readonly details?: string;
  readonly interval?: { readonly mean: number; readonly halfWidth: number };
  readonly against?: PairedTest & { readonly score: number };
}

/** @throws {UsageError} if a file is missing, or files differ in their lines; {@link DataFileError} naming a line that is not UTF-8 */
export async function runScore(names: readonly MetricName[], options: ScoreOptions): Promise<void> {
  const corpus = await readCorpus(options);
  const scores = new Map(names.map((name) => [name, scoreOf(makers[name](options), corpus, options)]));
  if (options.json === true) {
    const { hypotheses, references } = corpus;
    printJson({
      formatVersion: FORMAT_VERSION,
      segments: hypotheses.length,
      references: references[0]!.length,
      scores: Object.fromEntries(scores),
    });
    return;
  }
  for (const [name, scored] of scores) print(`${lineOf(makers[name](options), scored)}\n`);
}

const makers: Readonly<Record<MetricName, (options: ScoreOptions) => TextMetric>> = {
  bleu: ({ tokenize, smoothing, lowercase }) => bleu({ tokenize, smoothing, lowercase }),
  chrf: ({ lowercase }) => chrf({ lowercase }),
  "chrf++": ({ lowercase }) => chrf({ lowercase, wordOrder: 2 }),
  ter: () => ter(),
  wer: () => wordErrorRate(),
  cer: () => characterErrorRate(),
  "rouge-l": () => rougeL(),
  "exact-match": ({ lowercase }) => exactMatch({ lowercase }),
};

function scoreOf(
  metric: TextMetric,
  corpus: Corpus,
  { bootstrap = 0, seed = DEFAULT_SEED, test }: ScoreOptions,
): Scored {
  const { hypotheses, references, others } = corpus;
  const segments = countSegments(metric, hypotheses, references);
  const sums = sumCounts(segments);
  const resamples = bootstrap > 0 ? { count: bootstrap, seed } : undefined;
  const details = metric.details?.(sums);
  return {
    score: metric.score(sums),
    signature: metric.signature(references[0]!.length, resamples),
    ...(details !== undefined && { details }),
    ...(resamples && { interval: bootstrapInterval(metric, segments, resamples) }),
    ...(others && { against: compare(metric, segments, countSegments(metric, others, references), { test, seed }) }),
  };
}

function compare(
  metric: TextMetric,
  segments: SegmentCounts,
  others: SegmentCounts,
  { test, seed }: { readonly test: ScoreOptions["test"]; readonly seed: number },
): NonNullable<Scored["against"]> {
  const paired = test === "bootstrap" ? pairedBootstrap : approximateRandomization;
  return { score: metric.score(sumCounts(others)), ...paired(metric, others, segments, { seed }) };
}

/** As sacreBLEU prints it. */
function lineOf(metric: TextMetric, { score, signature, details, interval, against }: Scored): string {
  const decimals = metric.unit === "fraction" ? 4 : 2;
  const shown = (value: number) => formatFixed(value, decimals);
  const parts = [`${metric.name}|${signature} = ${shown(score)}`];
  if (interval !== undefined) parts.push(`(μ = ${shown(interval.mean)} ± ${shown(interval.halfWidth)})`);
  if (details !== undefined) parts.push(details);
  if (against === undefined) return parts.join(" ");
  const sign = against.difference < 0 ? "-" : "+";
  const difference = `${sign}${shown(Math.abs(against.difference))}`;
  return `${parts.join(" ")}\n  against ${shown(against.score)}: ${difference}, p = ${formatFixed(against.pValue, 4)}`;
}

async function readCorpus(options: ScoreOptions): Promise<Corpus> {
  const { against } = options;
  const own = options.hypotheses ?? options.hyp;
  const references = options.references ?? options.ref;
  if (own === undefined) throw new UsageError("--hypotheses is missing: the file that a system wrote");
  if (references === undefined) throw new UsageError("--references is missing: one file or more to compare with");
  const hypotheses = await readSegments("--hypotheses", own);
  if (hypotheses.length === 0) throw new UsageError(`--hypotheses ${own}: has no lines, so there is nothing to score`);
  const rest = async (option: string, file: string) => {
    const lines = await readSegments(option, file);
    if (lines.length === hypotheses.length) return lines;
    throw new UsageError(
      `${option} ${file}: has ${lines.length} lines, where ${own} has ${hypotheses.length}; line n of one must belong to line n of the other`,
    );
  };
  const byFile: (readonly string[])[] = [];
  for (const file of references) byFile.push(await rest("--references", file));
  return {
    hypotheses,
    references: hypotheses.map((_, segment) => byFile.map((lines) => lines[segment]!)),
    others: against === undefined ? undefined : await rest("--against", against),
  };
}

/** The lines of a file, empty ones too. */
async function readSegments(option: string, file: string): Promise<readonly string[]> {
  const path = await inputFile(file, { option });
  const texts: string[] = [];
  for await (const { text } of readLines(path)) texts.push(text);
  return texts;
}
