/** How many examples, labels and how long texts a dataset or a file has. */
import { statSync } from "node:fs";
import { basename } from "node:path";
import { type Cell, dataStats, type Fields, guessFields, type Records, type SplitStats } from "@cellstate/data";
import { dataConfig } from "@cellstate/data/config";
import { findCard, loadDataset, readFileRecords, readRecords, rolesOf } from "@cellstate/data/node";
import { inputFile } from "../../command-line/input-file.ts";
import { dataContext } from "../../datasets.ts";
import { fromCaller } from "../../paths.ts";
import { formatTable, formatWhole } from "../../terminal/format.ts";
import { print } from "../../terminal/print.ts";

/** What `cellstate data stats` does. */
export async function measureData(nameOrFile: string): Promise<void> {
  const path = fromCaller(nameOrFile);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true && !/\.ya?ml$/.test(path);
  if (!isFile && looksLikeFile(nameOrFile)) await inputFile(nameOrFile);
  const { name, fields, splits } = isFile ? await measuredFile(path) : await measuredDataset(nameOrFile);
  const lengths = Object.values(fields).some(({ kind }) => kind === "tokens" || kind === "words")
    ? "characters, of lists in items"
    : "characters";
  print(`${name} (lengths in ${lengths})\n${describeStats(await dataStats(splits, fields))}`);
}

/** Datasets have no names that end like those of data files. */
function looksLikeFile(name: string): boolean {
  return /\.(tsv|csv|jsonl|ndjson|txt|conll|conllu)(\.gz)?$/.test(name);
}

/** Formats whose columns are lists. */
const WORD_FORMATS: readonly string[] = ["conll", "conllu"];

interface Measured {
  readonly name: string;
  readonly fields: Fields;
  readonly splits: Readonly<Record<string, Records>>;
}

async function measuredDataset(name: string): Promise<Measured> {
  const { card } = await findCard(name, dataContext());
  const roles = rolesOf(card);
  const isOfWords = "format" in card && WORD_FORMATS.includes(card.format);
  const fields = guessFields(roles, isOfWords ? Object.fromEntries(roles.map((role) => [role, "words"])) : {});
  const { train, evaluated } = await loadDataset(dataConfig.parse({ dataset: name }), fields, dataContext());
  return { name: card.name, fields, splits: { train, ...evaluated } };
}

/** A lone file is measured as it is, column by column. */
async function measuredFile(path: string): Promise<Measured> {
  let first: Readonly<Record<string, Cell>> = {};
  for await (const { record } of readRecords(path)) {
    first = record;
    break;
  }
  const columns = Object.keys(first);
  const lists = columns.filter((column) => typeof first[column] !== "string");
  const fields = guessFields(columns, Object.fromEntries(lists.map((column) => [column, "tokens"])));
  const reading = { fields, columns: Object.fromEntries(columns.map((column) => [column, column])) };
  const name = basename(path).replace(/(\.[a-z]+)?(\.gz)?$/, "");
  return {
    name,
    fields,
    splits: { all: await Array.fromAsync(readFileRecords(path, { ...reading, purpose: "predict" })) },
  };
}

function describeStats(stats: Readonly<Record<string, SplitStats>>): string {
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
  return `${formatTable([head, ...rows])}${labels.join("")}`;
}
