/** The schemas of this package: the `data` section of an experiment and the dataset card; defaults live only here. */
import { z } from "zod";

/** Share of train held out as dev where own files come without a dev file. */
export const DEFAULT_DEV_FRACTION = 0.1;

const columnName = z.string().min(1);
const fraction = z.number().gt(0).lt(1);

/** The `data` section of an experiment: a dataset by name, or own files. */
export const dataConfig = z
  .strictObject({
    dataset: z.string().min(1).optional().describe("name of a card under datasets/, or path of a card (dataset.yaml)"),
    train: z.string().min(1).optional().describe("own training file: .tsv .csv .jsonl, each also with .gz"),
    dev: z.string().min(1).optional().describe("own file to choose the best epoch on; without it a part of train"),
    test: z.string().min(1).optional().describe("own file for the final scores"),
    textColumn: columnName.optional().describe("column with the text to classify; default: the card's, or text"),
    labelColumn: columnName.optional().describe("column with the label; default: the card's, or label"),
    sourceColumn: columnName.optional().describe("column with the text to translate; default: the card's, or source"),
    targetColumn: columnName.optional().describe("column with the translation; default: the card's, or target"),
    devFraction: fraction
      .optional()
      .describe(`share of train held out as dev where no dev file is given; default ${DEFAULT_DEV_FRACTION}`),
    seed: z.int().min(0).default(0).describe("seed of splits and generated data; the run's seed leaves them alone"),
    maxExamples: z
      .int()
      .min(1)
      .optional()
      .describe("at most this many training examples, drawn by seed; dev and test stay whole"),
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
    }
    if (config.dev !== undefined && config.devFraction !== undefined) {
      complain("devFraction", "a dev file is given, so nothing is held out of train; remove one");
    }
    if (config.textColumn !== undefined || config.labelColumn !== undefined) {
      for (const key of ["sourceColumn", "targetColumn"] as const) {
        if (config[key] !== undefined) {
          complain(key, "give textColumn and labelColumn, or sourceColumn and targetColumn, not both");
        }
      }
    }
  })
  .describe("what to train on");
export type DataConfig = z.infer<typeof dataConfig>;

const splitName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9_-]*$/, "a split name starts with a small letter: train, dev, test");

const relativePath = z
  .string()
  .min(1)
  .refine((path) => !/^\/|\\|:|(^|\/)\.\.?(\/|$)/.test(path), "expected a path inside the dataset's folder, with /");

/** One canonical file of a dataset. */
const cardFile = z.strictObject({
  path: relativePath.describe("path below the card's folder, and below <mirror>/<name>/"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits in small letters"),
  bytes: z.int().min(1).optional().describe("size of the file"),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("where exactly these bytes can be downloaded"),
});
export type CardFile = z.infer<typeof cardFile>;

/** Column names of a classification set, or of a set of pairs. */
const columns = z.union(
  [z.strictObject({ text: columnName, label: columnName }), z.strictObject({ source: columnName, target: columnName })],
  { error: "expected {text, label} or {source, target}, each naming a column" },
);

const heldOut = z.strictObject({
  fractionOf: z.literal("train"),
  fraction: fraction,
  from: z.enum(["end", "random"]).default("random"),
});

const split = z.union([relativePath, z.array(relativePath).min(1), heldOut, z.record(columnName, relativePath)], {
  error:
    "expected a file, a list of files, a file for each column ({en: train.en.gz, de: train.de.gz}), or {fractionOf: train, fraction: 0.1, from: end}",
});
export type CardSplit = z.infer<typeof split>;

const commonKeys = {
  formatVersion: z.literal(1, { error: "expected 1, the only version of the card format that this version reads" }),
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, "expected small letters, digits and - only, as the card's folder"),
  title: z.string().min(1),
  description: z.string().min(1).describe("what the texts are, who wrote them, what is known to be odd"),
  license: z.string().min(1).describe("SPDX name, or what the source states"),
  citation: z.string().min(1).optional(),
  source: z.string().min(1).describe("where the data come from"),
  languages: z.array(z.string().min(2)).min(1).optional().describe("language codes such as en"),
};

/** A card whose data are files. */
export const fileCardConfig = z
  .strictObject({
    ...commonKeys,
    format: z.enum(["tsv", "csv", "jsonl", "lines"]).describe("layout of all files; lines: one text a line"),
    columns,
    labels: z
      .record(z.string().min(1), z.string().min(1))
      .optional()
      .describe("label in the file to label name; others are refused"),
    files: z.array(cardFile).min(1),
    splits: z.record(splitName, split).describe("train, dev, test and extra ones such as contrast"),
  })
  .superRefine((card, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const paths = card.files.map((file) => file.path);
    paths.forEach((path, i) => {
      if (paths.indexOf(path) !== i) complain(["files", i, "path"], `${path} is listed twice`);
    });
    const train = card.splits.train;
    if (train === undefined) complain(["splits"], "the split train is missing");
    else if (isHeldOut(train)) complain(["splits", "train"], "train itself cannot be a part of train");
    for (const [name, value] of Object.entries(card.splits)) {
      if (isHeldOut(value)) continue;
      const byColumn = typeof value === "object" && !Array.isArray(value);
      if (byColumn !== (card.format === "lines")) {
        complain(
          ["splits", name],
          byColumn ? "a file for each column needs format: lines" : "name a file for each column",
        );
      }
      for (const path of splitFiles(value)) {
        if (!paths.includes(path)) complain(["splits", name], `${path} is not listed under files`);
      }
    }
  });
export type FileCard = z.infer<typeof fileCardConfig>;

const year = z.int().min(1900).max(2099);

/** Options of the `dates` generator. */
export const datesOptions = z
  .strictObject({
    languages: z
      .array(z.enum(["en", "de", "zh"]))
      .min(1)
      .default(["en", "de", "zh"])
      .describe("languages of the dates"),
    fromYear: year.default(1900).describe("first year, 1900 at the earliest"),
    toYear: year.default(2099).describe("last year, 2099 at the latest"),
  })
  .refine((options) => options.fromYear <= options.toYear, { path: ["toYear"], error: "lies before fromYear" });
export type DatesOptions = z.infer<typeof datesOptions>;

/** A card whose data are generated from `data.seed`. */
export const generatorCardConfig = z.strictObject({
  ...commonKeys,
  generator: z.discriminatedUnion("name", [
    z.strictObject({
      name: z.literal("dates"),
      options: datesOptions.prefault({}),
      sizes: z.strictObject({ train: z.int().min(1), dev: z.int().min(1), test: z.int().min(1) }),
    }),
  ]),
});
export type GeneratorCard = z.infer<typeof generatorCardConfig>;

/** A dataset card of either kind. */
export type DatasetCard = FileCard | GeneratorCard;

/** Whether a split is a part of train. */
export function isHeldOut(value: CardSplit): value is z.infer<typeof heldOut> {
  return typeof value === "object" && !Array.isArray(value) && "fraction" in value;
}

/** The files that a split reads; none for a held-out part. */
export function splitFiles(value: CardSplit): string[] {
  if (isHeldOut(value)) return [];
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value : Object.values(value as Readonly<Record<string, string>>);
}
