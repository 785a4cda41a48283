/** Columns that no model reads and that tell how rows belong together: a group on both sides of a split, or a time that is not kept. */
import { columnsOf, type DataConfig, filesOf } from "@cellstate/data/config";
import { formatOf, readRecords } from "@cellstate/data/node";
import { exampleOf, type Finding, type LintRecord, type LintSplits, percent } from "./finding.ts";

const GROUP =
  /^(group|user|author|speaker|customer|client|patient|subject|session|document|doc|thread|product|item|company|writer|site|url|domain)s?([_ -]?(id|name|no))?$/i;
const TIME =
  /^(date|time|datetime|timestamp|created|created[_ -]?at|published|published[_ -]?at|posted[_ -]?at|year)$/i;
/** Share of a scored split whose groups train knows, from which its score is that of known groups. */
const KNOWN_GROUPS = 0.5;
/** Rows that are read. */
const MAX_ROWS = 300_000;

/** Looks at own files of rows; a dataset with a card brings its splits. */
export async function checkOtherColumns(config: DataConfig, splits: LintSplits): Promise<Finding[]> {
  const files = new Set([config.train, config.dev, config.test].flatMap(filesOf));
  if (config.dataset !== undefined || [...files].some((file) => !isTable(file))) return [];
  const byPlace = placesOf(splits);
  const read = new Set(Object.values(columnsOf(config)).flat());
  const columns = new Map<string, Map<LintRecord, string>>();
  let rows = 0;
  for (const file of files) {
    for await (const { record, line } of readRecords(file, { header: config.header })) {
      if (++rows > MAX_ROWS) break;
      const known = byPlace.get(`${file}:${line}`);
      if (known === undefined) continue;
      for (const [name, cell] of Object.entries(record)) {
        if (read.has(name) || typeof cell !== "string" || !(GROUP.test(name) || TIME.test(name))) continue;
        const values = columns.get(name) ?? new Map<LintRecord, string>();
        columns.set(name, values.set(known, cell.trim()));
      }
    }
  }
  return [...columns].flatMap(([name, values]) =>
    TIME.test(name) ? lostTime(name, values, config) : splitGroups(name, values, splits, config),
  );
}

function isTable(file: string): boolean {
  try {
    return formatOf(file) !== "lines";
  } catch {
    return false;
  }
}

function placesOf(splits: LintSplits): ReadonlyMap<string, LintRecord> {
  return new Map([...splits.values()].flat().map((record) => [`${record.file}:${record.line}`, record]));
}

function splitGroups(
  name: string,
  values: ReadonlyMap<LintRecord, string>,
  splits: LintSplits,
  { split }: DataConfig,
): Finding[] {
  const groups = new Set(values.values());
  // Names that hardly come again are no groups.
  if (groups.size < 3 || 2 * groups.size > values.size) return [];
  const inTrain = new Set((splits.get("train") ?? []).map((record) => values.get(record)));
  return [...splits].flatMap(([other, records]) => {
    if (other === "train" || records.length === 0) return [];
    const known = records.filter((record) => values.has(record) && inTrain.has(values.get(record)));
    if (known.length <= KNOWN_GROUPS * records.length) return [];
    const advice =
      split?.by === "group"
        ? "another column groups the split"
        : `hold out whole groups (data: { split: { by: group, column: ${name} } })`;
    return [
      {
        check: `${name} in train and ${other}`,
        severity: "serious",
        message: `the column ${name} has ${groups.size} values, and ${percent(known.length, records.length)} of the rows of ${other} have one that train knows: the score says little of others; ${advice}`,
        examples: known.slice(0, 20).map((record) => exampleOf(record, `${name} ${values.get(record)}`)),
      } satisfies Finding,
    ];
  });
}

function lostTime(name: string, values: ReadonlyMap<LintRecord, string>, { split, dev, test }: DataConfig): Finding[] {
  const different = new Set(values.values()).size;
  if (split?.by === "time" || (dev !== undefined && test !== undefined) || different < 10) return [];
  return [
    {
      check: `${name} is not kept in order`,
      severity: "minor",
      message: `the column ${name} looks like a time, and what is scored is drawn from all of it; if the model is for what comes later, hold out the latest (data: { split: { by: time, column: ${name} } })`,
      examples: [],
    },
  ];
}
