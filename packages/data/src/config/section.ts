/** The `data` section of an experiment: a dataset by name or own files, which columns to read, and how train is divided. */
import { z } from "zod";
import type { ColumnNames, Columns } from "../record.ts";
import { dataFormats } from "./formats.ts";
import { nameOrPathConfig, pathConfig } from "./path.ts";

/** Share of train held out as dev where own files come without a dev file. */
export const DEFAULT_DEV_FRACTION = 0.1;

export const columnName = z.string().min(1);
/** One column, or several that are joined. */
const columnNames = z.union([columnName, z.array(columnName).min(1, "name at least one column")], {
  error: "expected the name of a column, or a list of names whose texts are joined, such as [title, description]",
});
/** The file or files of a split. */
const filesConfig = z.union(
  [pathConfig, z.array(pathConfig).min(1, "name at least one file"), z.record(columnName, pathConfig)],
  {
    error:
      "expected a file, a list of files ([a.tsv, b.tsv]), or a plain text file for each column ({source: a.en, target: a.de})",
  },
);
/** The files of a split as a `data` section names them. */
export type DataFiles = z.infer<typeof filesConfig>;
export const fraction = z.number().gt(0).lt(1);

/** The keys that name one column each, and the roles that they stand for. */
const COLUMN_KEYS = {
  textColumn: "text",
  labelColumn: "label",
  sourceColumn: "source",
  targetColumn: "target",
} as const;
type ColumnKey = keyof typeof COLUMN_KEYS;
const columnKeys = Object.keys(COLUMN_KEYS) as ColumnKey[];

const splitConfig = z
  .discriminatedUnion("by", [
    z.strictObject({ by: z.literal("random").describe("drawn by seed, with each class of the target in proportion") }),
    z.strictObject({
      by: z.literal("time").describe("the latest ones: nothing later than what is held out is trained on"),
      column: columnName
        .optional()
        .describe(
          "column with the time: numbers, or dates such as 2026-01-31T12:00, all in one time zone; default: the order in the file",
        ),
    }),
    z.strictObject({
      by: z.literal("group").describe("whole groups, drawn by seed: no group is on both sides"),
      column: columnName.describe("column with the name of the group, such as a speaker or a customer"),
    }),
  ])
  .describe("which examples are held out of train; default: by random");

const foldConfig = z
  .strictObject({
    of: z.int().min(2).max(100).describe("parts of equal size that the training examples are divided into"),
    index: z.int().min(1).max(100).describe("the part that is scored as the split `fold` and not trained on, from 1"),
  })
  .refine(({ of, index }) => index <= of, { path: ["index"], message: "there are not that many folds; lower it" })
  .describe(
    "leaves one of several parts of train out and scores it as the split `fold`; dev chooses the epoch, and test is not looked at. `train --folds` sets it",
  );

/** The `data` section of an experiment. */
export const dataConfig = z
  .strictObject({
    dataset: nameOrPathConfig.optional().describe("name of a card under datasets/, or path of a card (dataset.yaml)"),
    train: filesConfig
      .optional()
      .describe(
        "own training file: .tsv .csv .jsonl .txt .conll .conllu, each also with .gz; a list of such files; or plain text files whose line N belong together, one for each column: { source: train.en, target: train.de }",
      ),
    dev: filesConfig.optional().describe("own files to choose the best epoch on; without them a part of train"),
    test: filesConfig.optional().describe("own files for the final scores"),
    format: z
      .enum(dataFormats)
      .optional()
      .describe(
        "layout of own files. conll: one word a line with columns beside it, and an empty line between sentences; conllu: the same in the ten columns of CoNLL-U; lines: one text a line; default: by the files' names",
      ),
    header: z
      .boolean()
      .optional()
      .describe(
        "whether the first row of own .csv and .tsv files names their columns; false: they are called column1, column2 and so on; default true",
      ),
    columns: z
      .record(z.string().min(1), columnNames)
      .optional()
      .describe(
        "column of each role that the task reads, such as { text: review, label: stars }; a list such as { text: [title, review] } joins texts by blanks; default: the card's, or the role's own name",
      ),
    textColumn: columnNames.optional().describe("the same as columns: { text: ... }"),
    labelColumn: columnNames.optional().describe("the same as columns: { label: ... }"),
    sourceColumn: columnNames.optional().describe("the same as columns: { source: ... }"),
    targetColumn: columnNames.optional().describe("the same as columns: { target: ... }"),
    split: splitConfig.optional(),
    devFraction: fraction
      .optional()
      .describe(`share of train held out as dev where no dev file is given; default ${DEFAULT_DEV_FRACTION}`),
    testFraction: fraction
      .optional()
      .describe("share of train held out as test where no test file is given; default: none"),
    fold: foldConfig.optional(),
    seed: z.int().min(0).default(0).describe("seed of splits and generated data; the run's seed leaves them alone"),
    maxExamples: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .optional()
      .describe("at most this many training examples, drawn by seed; dev and test stay whole"),
    shuffleBuffer: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe(
        "training examples shuffled together in memory, while the others stay on disk; default: all of them, or 16384 where the training files have more than 256 MB",
      ),
  })
  .superRefine((config, context) => {
    const complain = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    if (config.dataset === undefined && config.train === undefined) {
      complain("dataset", "name a dataset (dataset: reviews) or an own file (train: my.tsv)");
    }
    if (config.dataset !== undefined) {
      for (const key of ["train", "dev", "test"] as const) {
        if (config[key] !== undefined) complain(key, `the dataset ${config.dataset} brings its own splits; remove one`);
      }
      if (config.header !== undefined)
        complain("header", "says how own files are read, and the dataset has a card; remove it");
    }
    for (const key of ["train", "dev", "test"] as const) {
      const files = filesOf(config[key]);
      const twice = files.find((file, i) => files.indexOf(file) !== i);
      if (twice !== undefined) complain(key, `names ${twice} twice; remove one`);
    }
    for (const [split, key] of [
      ["dev", "devFraction"],
      ["test", "testFraction"],
    ] as const) {
      if (config[split] !== undefined && config[key] !== undefined) {
        complain(key, `a ${split} file is given, so nothing is held out of train; remove one`);
      }
    }
    if ((config.devFraction ?? 0) + (config.testFraction ?? 0) >= 1) {
      complain("testFraction", "devFraction and testFraction together leave nothing to train on; lower one");
    }
    for (const key of columnKeys) {
      const role = COLUMN_KEYS[key];
      if (config[key] !== undefined && config.columns?.[role] !== undefined) {
        complain(key, `columns names the column of ${role} too; remove one`);
      }
    }
  })
  .describe("what to train on");
export type DataConfig = z.infer<typeof dataConfig>;

/** All files of a split, in the order in which they are named. */
export function filesOf(files: DataFiles | undefined): readonly string[] {
  if (files === undefined) return [];
  if (typeof files === "string") return [files];
  return Array.isArray(files) ? files : Object.values(files);
}

/** The columns that a section names, whichever way it spells them. */
export function columnsOf(config: Partial<Pick<DataConfig, ColumnKey | "columns">>): Columns {
  const columns: Record<string, ColumnNames> = { ...config.columns };
  for (const key of columnKeys) {
    const column = config[key];
    if (column !== undefined) columns[COLUMN_KEYS[key]] = column;
  }
  return columns;
}

/** How a section spells the column of a role, such as `columns.text` or `textColumn`. */
export function columnKeyOf(config: Partial<Pick<DataConfig, ColumnKey>>, role: string): string {
  return columnKeys.find((key) => COLUMN_KEYS[key] === role && config[key] !== undefined) ?? `columns.${role}`;
}
