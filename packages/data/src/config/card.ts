/** The dataset card `datasets/<name>/dataset.yaml`: what a dataset is, where it comes from, and which files make its splits. */
import { z } from "zod";
import { generatorConfig } from "../generators/config.ts";
import { dataFormats } from "./formats.ts";
import { columnName, fraction } from "./section.ts";

const splitName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9_-]*$/, "a split name starts with a small letter: train, dev, test");

const relativePath = z
  .string()
  .min(1)
  .refine((path) => !/^\/|\\|:|(^|\/)\.\.?(\/|$)/.test(path), "expected a path inside the dataset's folder, with /");

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits in small letters");
const webAddress = z.url({ protocol: /^https?$/ });

/** A file of the publisher that a canonical one is made of. */
const upstreamConfig = z
  .strictObject({
    url: webAddress.describe("where the publisher's file can be downloaded"),
    sha256: sha256.optional().describe("of the publisher's file; the canonical file is checked in any case"),
    bytes: z.int().min(1).optional().describe("size of the publisher's file"),
    encoding: z.enum(["utf8", "latin1"]).default("utf8"),
    line: z
      .string()
      .regex(
        /^(\{[^{}]+\}[^{}]+)*\{[^{}]+\}$/,
        'expected columns in braces with text between them, such as "{label}:{text}"',
      )
      .describe('how a line holds the columns, such as "{text}\\t{label}"'),
    columns: z.array(columnName).min(1).describe("columns of the canonical file, in their order"),
  })
  .superRefine(({ line, columns: names }, context) => {
    const unknown = names.find((name) => !line.includes(`{${name}}`));
    if (unknown === undefined) return;
    context.addIssue({ code: "custom", path: ["columns"], message: `line has no {${unknown}}` });
  });
export type Upstream = z.infer<typeof upstreamConfig>;

/** One canonical file of a dataset. */
const cardFile = z.strictObject({
  path: relativePath.describe("path below the card's folder, and below <mirror>/<name>/"),
  sha256,
  bytes: z.int().min(1).optional().describe("size of the file"),
  url: webAddress.optional().describe("where exactly these bytes can be downloaded"),
  upstream: upstreamConfig.optional().describe("else: what to download and how to turn it into this file"),
});
export type CardFile = z.infer<typeof cardFile>;

/** The column of each role; a task that reads other roles needs them named in its config. */
const columns = z
  .record(z.string().min(1), columnName, {
    error: "expected the column of each role, such as {text: text, label: label}",
  })
  .refine((roles) => Object.keys(roles).length > 0, "name the column of at least one role, such as {text: text}");

const heldOut = z.strictObject({
  fractionOf: z.literal("train"),
  fraction,
  from: z.enum(["end", "random"]).default("random"),
});

const rowNumber = z.int().min(1);
/** Some rows of a file, such as months of a long series. */
const rowsOfFile = z.strictObject({
  file: relativePath,
  rows: z
    .tuple([rowNumber, rowNumber], { error: "expected the first and the last row, such as [1, 8640]" })
    .refine(([first, last]) => first <= last, "the first row comes after the last; swap them")
    .describe("the first and the last row, counted from 1 behind the header"),
});

const split = z.union(
  [relativePath, z.array(relativePath).min(1), heldOut, rowsOfFile, z.record(columnName, relativePath)],
  {
    error:
      "expected a file, a list of files, a file for each column ({en: train.en.gz, de: train.de.gz}), some rows of one ({file: all.csv, rows: [1, 8640]}), or {fractionOf: train, fraction: 0.1, from: end}",
  },
);
export type CardSplit = z.infer<typeof split>;

const commonKeys = {
  formatVersion: z.literal(1, { error: "expected 1, the only version of the card format that this version reads" }),
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, "expected small letters, digits and - only, as the card's folder"),
  title: z.string().min(1),
  description: z.string().min(1).describe("what the texts are, who wrote them, what is known to be odd"),
  license: z.string().min(1).describe("SPDX name, or what the source states"),
  citation: z.string().min(1).optional(),
  source: z.string().min(1).describe("where the data come from"),
  mirror: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, "expected letters, digits, _ and - only")
    .optional()
    .describe(
      "folder below $CELLSTATE_DATASETS that holds the files, where several cards share one; default: the name",
    ),
  languages: z.array(z.string().min(2)).min(1).optional().describe("language codes such as en"),
};

/** A card whose data are files. */
export const fileCardConfig = z
  .strictObject({
    ...commonKeys,
    format: z
      .enum(dataFormats)
      .describe(
        "layout of all files; lines: one text a line; conll, conllu: one word a line, an empty line between sentences",
      ),
    columns,
    labels: z
      .record(z.string().min(1), z.string().min(1))
      .optional()
      .describe("label in the file to label name, for a category in a column that the card names; others are refused"),
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
      const byColumn = typeof value === "object" && !Array.isArray(value) && !isRows(value);
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

/** A card whose data are generated from `data.seed`. */
export const generatorCardConfig = z.strictObject({
  ...commonKeys,
  generator: generatorConfig,
});
export type GeneratorCard = z.infer<typeof generatorCardConfig>;

/** A dataset card of either kind. */
export type DatasetCard = FileCard | GeneratorCard;

/** Whether a split is a part of train. */
export function isHeldOut(value: CardSplit): value is z.infer<typeof heldOut> {
  return typeof value === "object" && !Array.isArray(value) && "fraction" in value;
}

/** Whether a split is some rows of a file. */
export function isRows(value: CardSplit): value is z.infer<typeof rowsOfFile> {
  return typeof value === "object" && !Array.isArray(value) && "rows" in value && Array.isArray(value.rows);
}

/** The files that a split reads; none for a held-out part. */
function splitFiles(value: CardSplit): string[] {
  if (isHeldOut(value)) return [];
  if (isRows(value)) return [value.file];
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value : Object.values(value as Readonly<Record<string, string>>);
}
