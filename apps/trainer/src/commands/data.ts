/** `cellstate data`: lists, shows, fetches, verifies and measures datasets. */
import { readFileSync, statSync } from "node:fs";
import {
  type Dataset,
  dataStats,
  type FileReport,
  fetchDataset,
  findCard,
  type LocatedCard,
  listCards,
  loadDataset,
  verifyDataset,
} from "@cellstate/data";
import { dataConfig } from "@cellstate/data/config";
import { CliError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { formatTable, formatWhole } from "../progress/format.ts";
import { dataContext, datasetsFolder } from "../train/load-data.ts";

/** A file of a dataset is missing or is not the one that the card names: exit 1. */
class VerifyError extends CliError {
  override readonly name = "VerifyError";
  readonly exitCode = 1;
}

export async function listDataCommand(): Promise<void> {
  const rows = (await listCards(datasetsFolder())).map(({ card }) => [card.name, card.title, shorten(card.license)]);
  process.stdout.write(formatTable([["name", "title", "licence"], ...rows], { left: true }));
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 37)}...` : line;
}

/** `show`, `fetch` and `verify` of a dataset with a card. */
export async function namedDataCommand(action: "show" | "fetch" | "verify", name: string): Promise<void> {
  const located = await findCard(name, dataContext());
  if (action === "show") {
    process.stdout.write(`# ${located.file}\n${readFileSync(located.file, "utf8")}`);
    return;
  }
  const reports = await (action === "fetch" ? fetchDataset : verifyDataset)(located, {});
  process.stdout.write(describeFiles(located, reports));
  const bad = reports.filter(({ status }) => status !== "ok");
  if (bad.length > 0) {
    const names = bad.map(({ file, status }) => `${file}: ${status}`).join("; ");
    throw new VerifyError(`${name} is not whole: ${names}; try: cellstate data fetch ${name}`);
  }
}

function describeFiles({ card }: LocatedCard, reports: readonly FileReport[]): string {
  if (reports.length === 0) return `${card.name} is generated and has no files\n`;
  const rows = reports.map(({ file, status, origin, path }) => [file, status, origin ?? "-", path ?? "-"]);
  return formatTable([["file", "status", "from", "path"], ...rows], { left: true });
}

export async function dataStatsCommand(nameOrFile: string): Promise<void> {
  const path = fromCaller(nameOrFile);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true && !/\.ya?ml$/.test(path);
  // A lone file is measured as it is: the part that would be held out as dev is put back.
  const dataset = await loadDataset(
    dataConfig.parse(isFile ? { train: path } : { dataset: nameOrFile }),
    dataContext(),
  );
  process.stdout.write(describeStats(isFile ? asOneSplit(dataset) : dataset));
}

function asOneSplit(dataset: Dataset): Dataset {
  const records = Object.values(dataset.splits).flat();
  return { ...dataset, splits: { all: records.toSorted((a, b) => a.line - b.line) } };
}

function describeStats(dataset: Dataset): string {
  const rows: string[][] = [];
  const labels: string[] = [];
  for (const [split, stats] of Object.entries(dataStats(dataset))) {
    const lengths = Object.entries(stats.characters);
    for (const [field, { min, mean, max }] of lengths) {
      const counts = [stats.examples, stats.duplicates, stats.alsoInTrain].map(formatWhole);
      rows.push([split, field, ...counts, String(min), mean.toFixed(1), String(max)]);
    }
    if (stats.labels !== undefined) {
      const counts = Object.entries(stats.labels).map(([label, count]) => `${label} ${formatWhole(count)}`);
      labels.push(`${split}: ${counts.join(", ")}\n`);
    }
  }
  const head = ["split", "field", "examples", "repeated", "also in train", "shortest", "mean", "longest"];
  return `${dataset.name} (lengths in characters)\n${formatTable([head, ...rows])}${labels.join("")}`;
}
