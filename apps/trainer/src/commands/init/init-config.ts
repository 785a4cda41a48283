/** What `cellstate init` does: looks at data, guesses, writes a config that trains, and says what it guessed. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, relative, sep } from "node:path";
import { type Columns, DataError } from "@cellstate/data";
import { writeFileAtomic } from "@cellstate/files";
import type { Draft } from "@cellstate/tasks/starters";
import { checkOutputOption } from "../../command-line/output-option.ts";
import { nameAfter } from "../../config/name.ts";
import { UsageError } from "../../errors.ts";
import { asCaller, fromCaller } from "../../paths.ts";
import { formatWhole } from "../../terminal/format.ts";
import { print } from "../../terminal/print.ts";
import type { Questions } from "../../terminal/questions.ts";
import { quote } from "../../terminal/shell.ts";
import type { InitOptions } from "../init.ts";
import { askChoice, askData } from "./ask.ts";
import { type Choice, chooseTask } from "./choose-task.ts";
import { configText } from "./config-text.ts";
import { type DataFiles, findDataFiles, type SplitFiles } from "./find-data-files.ts";
import { columnsIn, lookAtData, type Seen } from "./look-at-data.ts";

/** Rows from which a tenth is worth holding out as test. */
const ENOUGH_FOR_TEST = 100;
/** Share of train that is held out where there are no files for it. */
const HELD_OUT = 0.1;

/**
 * Writes the config.
 *
 * @param questions  where there is somebody to ask; default: what is not given is guessed
 * @throws {UsageError} if something cannot be guessed, or the file is there and `--force` is not given
 * @throws {InterruptedError} if whoever is asked leaves; nothing is written then
 */
export async function initConfig(options: InitOptions, questions?: Questions | undefined): Promise<void> {
  const { task, force } = options;
  const columns = parseColumns(options.columns);
  if (options.data.length === 0 && questions === undefined) {
    throw new UsageError(
      "init needs --data <file|folder>: what to train on, such as reviews.csv. On a terminal it asks for this, and for what --task, --columns and --output say",
    );
  }
  const named = options.output ?? (questions === undefined ? usualName(options.data) : undefined);
  if (named !== undefined) await requireFree(named, force);
  const { data, files, seen } = await readData(options.data, questions);
  const given = { task, columns: joinedColumns(columns, seen) };
  const choice = questions === undefined ? chooseTask(seen, given) : await askChoice(questions, seen, given);
  const file = named ?? (await askName(questions!, usualName(data), force));
  await requireFree(file, force);
  const path = fromCaller(file);
  const draft = choice.starter.draft(seen, choice.columns);
  const { section, reasons } = await dataSection(files, seen, choice.columns, draft, dirname(path));
  const head = [
    "yaml-language-server: $schema=./node_modules/cellstate/schema/experiment.schema.json",
    `Made by cellstate init of ${data.map((one) => basename(one)).join(", ")}; every value may be changed.`,
  ];
  const text = configText(head, [
    { key: "task", value: choice.starter.task },
    { key: "data", value: section },
    ...draft.sections,
  ]);
  writeFileAtomic(path, text);
  print(describe(asCaller(path), seen, choice, [...files.reasons, ...reasons, ...draft.reasons]));
}

interface FoundData {
  readonly data: readonly string[];
  readonly files: DataFiles;
  readonly seen: Seen;
}

/** The data that are given; else those that are named when asked, again where they will not do. */
async function readData(given: readonly string[], questions: Questions | undefined): Promise<FoundData> {
  const read = async (data: readonly string[]) => {
    const files = await findDataFiles(data);
    return { data, files, seen: await lookAtData(files.train) };
  };
  if (given.length > 0 || questions === undefined) return await read(given);
  for (;;) {
    const data = [await askData(questions)];
    try {
      return await read(data);
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof DataError)) throw error;
      questions.refuse(error.message);
    }
  }
}

function usualName(data: readonly string[]): string {
  return `${nameOf(data[0]!)}.yaml`;
}

function askName(questions: Questions, usual: string, force: boolean | undefined): Promise<string> {
  return questions.type("What shall the config be called?", usual, (name) => {
    if (!/\.ya?ml$/.test(name)) return "a config's name ends with .yaml";
    return takenBy(name, force) ? "there is a file of this name; choose another one" : undefined;
  });
}

function takenBy(file: string, force: boolean | undefined): boolean {
  return force !== true && existsSync(fromCaller(file));
}

/** @throws {UsageError} if the file is there, or can never be written */
async function requireFree(file: string, force: boolean | undefined): Promise<void> {
  if (takenBy(file, force)) {
    throw new UsageError(`${file} is there already; --force overwrites it, --output names another`);
  }
  await checkOutputOption(file);
}

/** `text=review,label=stars`; several columns of a role are joined by `+`. @throws {UsageError} if a part is no pair */
function parseColumns(given: readonly string[]): Readonly<Record<string, string>> {
  const columns: Record<string, string> = {};
  for (const part of given.flatMap((one) => one.split(","))) {
    const at = part.indexOf("=");
    if (at <= 0 || at === part.length - 1) {
      throw new UsageError(`--columns ${part}: must be a role and a column, such as text=review`);
    }
    columns[part.slice(0, at)] = part.slice(at + 1);
  }
  return columns;
}

function joinedColumns(columns: Readonly<Record<string, string>>, seen: Seen): Columns {
  const isColumn = (name: string) => seen.columns.some((column) => column.name === name);
  const entries = Object.entries(columns).map(([role, name]) => {
    const parts = name.split("+");
    return [role, isColumn(name) || parts.length === 1 ? name : parts] as const;
  });
  return Object.fromEntries(entries);
}

/** `reviews` for `reviews.tsv.gz`; the folder's name for a folder, and for files that are called after a split or `data`. */
function nameOf(data: string): string {
  const path = fromCaller(data);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const stem = basename(path).replace(isFolder ? /$/ : /(\.[a-z]+)?(\.gz)?$/i, "");
  return nameAfter(
    !isFolder && /^(train|dev|val|valid|validation|test|data)\b/i.test(stem) ? basename(dirname(path)) : stem,
  );
}

interface DataSection {
  readonly section: Readonly<Record<string, unknown>>;
  readonly reasons: readonly string[];
}

/** The `data` section; files that lack a column are left out of it, and a part of train takes the place of a missing test set. */
async function dataSection(
  files: DataFiles,
  { rows, firstRow }: Seen,
  columns: Columns,
  { maxExamples, split: heldOut, heldOutAtEnd = false }: Draft,
  folder: string,
): Promise<DataSection> {
  const reasons: string[] = [];
  const pathsOf = (split: SplitFiles) => relativePaths(split, columns, folder);
  const section: Record<string, unknown> = { train: pathsOf(files.train) };
  const header = firstRow === undefined;
  if (!header) {
    section.header = false;
    const shown = firstRow.length > 40 ? `${firstRow.slice(0, 40)}...` : firstRow;
    reasons.push(
      `the first row looks like all others (${JSON.stringify(shown)}), so columns are called column1, column2 and so on; if it names them, remove data.header`,
    );
  }
  for (const split of ["dev", "test"] as const) {
    const own = files[split];
    const lacking = own && (await missingColumns(own, columns, header));
    if (own !== undefined && lacking?.length === 0) section[split] = pathsOf(own);
    else if (lacking !== undefined)
      reasons.push(`${split} files are left out: they have no column ${lacking.join(", ")}`);
  }
  if (files.train.rows !== undefined && Object.entries(columns).some(([role, column]) => role !== column)) {
    section.columns = columns;
  }
  if (section.dev === undefined) section.devFraction = HELD_OUT;
  if (section.test === undefined && rows >= ENOUGH_FOR_TEST) section.testFraction = HELD_OUT;
  const parts = [["dev", section.devFraction] as const, ["test", section.testFraction] as const];
  const drawn = parts.filter(([, fraction]) => fraction !== undefined).map(([split]) => split);
  if (drawn.length > 0) {
    if (heldOut !== undefined) section.split = heldOut;
    const how = heldOut?.by === "time" ? "the latest rows" : heldOutAtEnd ? "its end" : "drawn at random";
    reasons.push(`${drawn.join(" and ")}: a tenth of train${drawn.length > 1 ? " each" : ""}, ${how}`);
  }
  if (maxExamples !== undefined) {
    section.maxExamples = maxExamples;
    reasons.push(
      `training draws ${formatWhole(maxExamples)} examples, since all of them would take long; remove data.maxExamples for all`,
    );
  }
  return { section, reasons };
}

function relativePaths({ rows, lines, texts }: SplitFiles, columns: Columns, folder: string): unknown {
  const from = (path: string) => relative(folder, path).split(sep).join("/");
  if (lines !== undefined) {
    return Object.fromEntries(Object.entries(columns).map(([role, column]) => [role, from(lines[String(column)]!)]));
  }
  const files = rows ?? texts;
  return files.length === 1 ? from(files[0]!) : files.map(from);
}

async function missingColumns(files: SplitFiles, columns: Columns, header: boolean): Promise<readonly string[]> {
  const there = files.lines === undefined ? await columnsIn(files, header) : Object.keys(files.lines);
  return Object.values(columns)
    .flat()
    .filter((name) => !there.includes(name));
}

function describe(
  file: string,
  seen: Seen,
  { starter, certainty, reasons }: Choice,
  others: readonly string[],
): string {
  const rows = `${seen.isWhole ? "" : "more than "}${formatWhole(seen.rows)} rows to train on`;
  return [
    `task    ${starter.task} (${certainty}), from ${rows}\n`,
    ...[...reasons, ...others].map((reason) => `        ${reason}\n`),
    `wrote   ${file}\n`,
    `next    cellstate train --config ${quote(file)}\n`,
  ].join("");
}
