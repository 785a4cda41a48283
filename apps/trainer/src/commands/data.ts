/** `cellstate data`: lists, shows, fetches, verifies and measures datasets. */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { dataStats, type Fields, guessFields, type Records, type SplitStats } from "@cellstate/data";
import { dataConfig } from "@cellstate/data/config";
import {
  type FileReport,
  fetchDataset,
  findCard,
  type LocatedCard,
  listCards,
  loadDataset,
  readFileRecords,
  readRecords,
  rolesOf,
  verifyDataset,
} from "@cellstate/data/node";
import { dataContext, datasetsFolder } from "../datasets.ts";
import { CliError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { formatTable, formatWhole } from "../terminal/format.ts";

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
  const { name, fields, splits } = isFile ? await measuredFile(path) : await measuredDataset(nameOrFile);
  process.stdout.write(describeStats(name, await dataStats(splits, fields)));
}

interface Measured {
  readonly name: string;
  readonly fields: Fields;
  readonly splits: Readonly<Record<string, Records>>;
}

async function measuredDataset(name: string): Promise<Measured> {
  const { card } = await findCard(name, dataContext());
  const fields = guessFields(rolesOf(card));
  const { train, evaluated } = await loadDataset(dataConfig.parse({ dataset: name }), fields, dataContext());
  return { name: card.name, fields, splits: { train, ...evaluated } };
}

/** A lone file is measured as it is, column by column. */
async function measuredFile(path: string): Promise<Measured> {
  let columns: string[] = [];
  for await (const { record } of readRecords(path)) {
    columns = Object.keys(record);
    break;
  }
  const fields = guessFields(columns);
  const reading = { fields, columns: Object.fromEntries(columns.map((column) => [column, column])) };
  const name = basename(path).replace(/(\.[a-z]+)?(\.gz)?$/, "");
  return {
    name,
    fields,
    splits: { all: await Array.fromAsync(readFileRecords(path, { ...reading, purpose: "predict" })) },
  };
}

function describeStats(name: string, stats: Readonly<Record<string, SplitStats>>): string {
  const rows: string[][] = [];
  const labels: string[] = [];
  for (const [split, { examples, duplicates, alsoInTrain, lengths, categories }] of Object.entries(stats)) {
    const counts = [examples, duplicates, alsoInTrain].map(formatWhole);
    for (const [field, { min, mean, max }] of Object.entries(lengths)) {
      rows.push([split, field, ...counts, String(min), mean.toFixed(1), String(max)]);
    }
    for (const names of Object.values(categories)) {
      const shares = Object.entries(names).map(([label, count]) => `${label} ${formatWhole(count)}`);
      labels.push(`${split}: ${shares.join(", ")}\n`);
    }
  }
  const head = ["split", "field", "examples", "repeated", "also in train", "shortest", "mean", "longest"];
  return `${name} (lengths in characters)\n${formatTable([head, ...rows])}${labels.join("")}`;
}
