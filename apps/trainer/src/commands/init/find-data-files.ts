/** Which files a path, or a few of them, means: train and what is held out beside it; rows, parallel lines or plain text. */
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { formatOf } from "@cellstate/data/node";
import { inputFile } from "../../command-line/input-file.ts";
import { UsageError } from "../../errors.ts";
import { fromCaller } from "../../paths.ts";

/** The files of a split: of rows, of plain lines that belong together, by the column that each becomes, or of plain text. */
export type SplitFiles =
  | { readonly rows: readonly string[]; readonly lines?: undefined; readonly texts?: undefined }
  | { readonly rows?: undefined; readonly lines: Readonly<Record<string, string>>; readonly texts?: undefined }
  | { readonly rows?: undefined; readonly lines?: undefined; readonly texts: readonly string[] };

/** What was found, as absolute paths. */
export interface DataFiles {
  readonly train: SplitFiles;
  readonly dev?: SplitFiles | undefined;
  readonly test?: SplitFiles | undefined;
  /** Sentences about what was found, and what was not taken. */
  readonly reasons: readonly string[];
}

type Split = "train" | "dev" | "test";

const SPLIT_NAMES: readonly (readonly [RegExp, Split])[] = [
  [/(^|[^a-z])train(ing)?(?![a-z])/i, "train"],
  [/(^|[^a-z])(dev|val|valid|validation)(?![a-z])/i, "dev"],
  [/(^|[^a-z])test(ing)?(?![a-z])/i, "test"],
];

/** Files that lie beside data and are none. */
const NO_DATA = /^\.|^(readme|license|licence|citation|changelog)|\.(md|ya?ml|json|html?|pdf|png|jpe?g|py|ts|js|sh)$/i;

/** Whether a file or folder is called as what lies beside data. */
export function isNoData(name: string): boolean {
  return NO_DATA.test(name);
}

/** More files than a few for each split are texts in a file each. */
const MAX_FILES = 60;

/**
 * The splits that the paths of `--data` mean.
 *
 * @throws {UsageError} if a path is not there, or it cannot be told which files belong together
 */
export async function findDataFiles(given: readonly string[]): Promise<DataFiles> {
  for (const path of given) await inputFile(path, { option: "--data", orFolder: true });
  const [only = ""] = given;
  const paths = given.map(fromCaller);
  if (paths.length > 1) return bySplit([...paths, ...heldOutBeside(paths)], commonFolder(paths));
  const path = fromCaller(only);
  if (!statSync(path).isDirectory()) {
    if (kindOf(only) !== undefined) throw noTask(only);
    return besides(path);
  }
  const files = filesBelow(path);
  if (files.length === 0) throw new UsageError(`--data ${only}: there are no data files in this folder`);
  if (files.length > MAX_FILES) {
    throw new UsageError(
      `--data ${only}: holds ${files.length} files; put the texts into one file, a row each (.tsv, .csv or .jsonl), and name it`,
    );
  }
  return bySplit(files, path);
}

/** One file, with the splits that lie beside it under the same name. */
function besides(path: string): DataFiles {
  const folder = dirname(path);
  const own = splitOf(basename(path));
  const isTable = isRows(path);
  if (own !== undefined) {
    const like = isTable ? tablesLike(path, own) : linesLike(path);
    if (!isTable || like.length > 1) return bySplit(like, folder);
  }
  if (isTable) return { train: { rows: [path] }, reasons: [] };
  return bySplit(linesLike(path), folder);
}

/** A table, and those of other splits that are called alike; where none is, but for what follows the split, those. */
function tablesLike(path: string, own: Split): string[] {
  const others = filesBelow(dirname(path), 0).filter(isRows);
  const like = (["train", "dev", "test"] as const).flatMap((split) => {
    if (split === own) return [path];
    const ofSplit = others.filter((other) => splitOf(basename(other)) === split);
    const same = ofSplit.filter((other) => patternOf(other) === patternOf(path));
    return same.length > 0 ? same : ofSplit.filter((other) => looselyNamed(other) === looselyNamed(path));
  });
  return like.sort();
}

/** Files of plain lines that are called alike but for their last ending, in all splits. */
function linesLike(path: string): string[] {
  const files = filesBelow(dirname(path), 0).filter((other) => !isRows(other));
  if (splitOf(basename(path)) !== undefined) return files;
  const stem = lineName(path).stem;
  return files.filter((other) => lineName(other).stem === stem);
}

/** Lines of dev and test that lie beside those of train, where a column of theirs is one file: all of such a split, or nothing. */
function heldOutBeside(given: readonly string[]): string[] {
  const folder = dirname(given[0]!);
  const isTrain = (path: string) => dirname(path) === folder && !isRows(path) && splitOf(basename(path)) === "train";
  if (!given.every(isTrain)) return [];
  const columns = given.map((path) => lineName(path).column);
  const others = filesBelow(folder, 0).filter((path) => !isRows(path) && columns.includes(lineName(path).column));
  return (["dev", "test"] as const).flatMap((split) => {
    const found = others.filter((path) => splitOf(basename(path)) === split);
    return found.length === columns.length && new Set(found.map((path) => lineName(path).column)).size === found.length
      ? found
      : [];
  });
}

/** The name without what tells its split and its packing. */
function patternOf(path: string): string {
  let name = basename(path).replace(/\.gz$/i, "");
  for (const [pattern] of SPLIT_NAMES) name = name.replace(pattern, "$1*");
  return name;
}

/** `*.tsv` of `train-partial.tsv`. */
function looselyNamed(path: string): string {
  return patternOf(path).replace(/\*.*(\.[^.]+)$/, "*$1");
}

function splitOf(name: string): Split | undefined {
  return SPLIT_NAMES.find(([pattern]) => pattern.test(name))?.[1];
}

function isRows(path: string): boolean {
  try {
    return formatOf(path) !== "lines";
  } catch {
    return false; // a name that tells no format
  }
}

/** A file of plain lines: `train` and `en` of `train.en.gz`, `en` also of `train-en.txt`. */
function lineName(path: string): { readonly stem: string; readonly column: string } {
  const name = basename(path)
    .replace(/\.gz$/i, "")
    .replace(/\.txt$/i, "");
  const ending = extname(name) === "" ? (/[-_][a-z]{2}$/i.exec(name)?.[0] ?? "") : extname(name);
  return { stem: name.slice(0, name.length - ending.length), column: ending.slice(1) };
}

function bySplit(paths: readonly string[], folder: string): DataFiles {
  const shown = (path: string) => relative(folder, path).split(sep).join("/");
  const tables = paths.filter(isRows);
  const splits = new Map<Split, string[]>();
  for (const path of tables.length > 0 ? tables : paths) {
    const split = splitOf(shown(path)) ?? "train";
    splits.set(split, [...(splits.get(split) ?? []), path]);
  }
  // Whoever names one split alone means to train on it.
  const [single, ...more] = splits.keys();
  if (more.length === 0 && single !== "train") {
    splits.set("train", splits.get(single!)!);
    splits.delete(single!);
  }
  const train = splits.get("train");
  const listed = paths.map(shown).join(", ");
  if (train === undefined) {
    throw new UsageError(`--data: cannot tell which file to train on, since none is called train; found ${listed}`);
  }
  const unnamed = train.filter((path) => splitOf(shown(path)) === undefined);
  if (tables.length > 0 && unnamed.length > 0 && train.length > 1) {
    throw new UsageError(`--data: cannot tell what to train on; name one of these files: ${listed}`);
  }
  const isText = tables.length === 0 && areTexts([...splits.values()]);
  const filesOf = (files: readonly string[]): SplitFiles => {
    if (tables.length > 0) return { rows: [...files].sort() };
    return isText ? { texts: [...files].sort() } : { lines: parallel(files, shown) };
  };
  const [dev, test] = (["dev", "test"] as const).map((split) => splits.get(split));
  const told = [...splits].map(([split, files]) => `${split} ${files.map(shown).join(" ")}`);
  return {
    train: filesOf(train),
    dev: dev && filesOf(dev),
    test: test && filesOf(test),
    reasons: paths.length > 1 ? [`files, by their names: ${told.join("; ")}`] : [],
  };
}

/** Whether files are running text: all are called so, and none has another one of its split whose lines belong to its own. */
function areTexts(splits: readonly (readonly string[])[]): boolean {
  const files = splits.flat();
  if (!files.every((path) => /\.txt(\.gz)?$/i.test(path))) return false;
  return splits.every(({ length }) => length === 1) || files.every((path) => lineName(path).column === "");
}

/** @throws {UsageError} unless each file has a column of its own, and there are two or more */
function parallel(files: readonly string[], shown: (path: string) => string): Readonly<Record<string, string>> {
  const byColumn: Record<string, string> = {};
  for (const path of files) {
    const { column } = lineName(path);
    if (column === "" || /^(tar|zip|bz2|xz|conllu?|wav|mp3)$/i.test(column)) throw noTask(shown(path));
    if (byColumn[column] !== undefined) {
      const both = `${shown(byColumn[column])} and ${shown(path)}`;
      throw new UsageError(`--data: ${both} are both called ${column}; name the two files that belong together`);
    }
    byColumn[column] = path;
  }
  const names = Object.values(byColumn).map(shown);
  if (names.length < 2) throw noTask(names[0] ?? "");
  return byColumn;
}

function noTask(file: string): UsageError {
  const kind = kindOf(file);
  return new UsageError(
    `--data ${file}: init does not know ${kind?.[1] ?? "what to learn from such a file"}. ${kind?.[2] ?? `It takes ${TAKEN}`}`,
  );
}

const kindOf = (file: string) => KINDS.find(([pattern]) => pattern.test(file));

const TAKEN =
  "tables whose first line names the columns (.tsv, .csv, .jsonl, also with .gz): texts with labels, texts in two languages, or times with numbers; " +
  "plain text, to write on from, such as book.txt; and text files whose lines with the same number belong together, such as train.en and train.de";

/** Files that no starter reads, what they are, and what to do with them. */
const KINDS: readonly (readonly [RegExp, string, string])[] = [
  [
    /\bidx\d-ubyte\b|\.(png|jpe?g|gif|bmp|webp)(\.gz)?$/i,
    "how to learn from images",
    "No task that comes along reads them; a task of your own can, image row by image row, as a plugin (docs/configs.md)",
  ],
  [
    /\.(wav|mp3|flac|ogg)(\.gz)?$|\.(tar|zip|bz2|xz)(\.gz)?$/i,
    "how to learn from recordings or archives",
    `Unpack texts first: init takes ${TAKEN}. Recordings need a task of your own, as a plugin (docs/configs.md)`,
  ],
];

/** The files below a folder, without those that are none of data, sorted. */
function filesBelow(folder: string, depth = 1): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !isNoData(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return depth > 0 ? filesBelow(path, depth - 1) : [];
      return [path];
    })
    .sort();
}

function commonFolder(paths: readonly string[]): string {
  const folders = paths.map(dirname);
  return folders.every((folder) => folder === folders[0]) ? (folders[0] ?? "") : dirname(folders[0] ?? "");
}
