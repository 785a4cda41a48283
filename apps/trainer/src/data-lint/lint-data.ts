/** All checks of the data of an experiment: what a careful person looks for before training, the worst first. */
import { type DataRecord, type Fields, inputRoles, type Records, runningRoleOf, samplePlaces } from "@cellstate/data";
import { loadDataset } from "@cellstate/data/node";
import { planOf, type Task } from "@cellstate/tasks";
import type { Experiment } from "../config/schema.ts";
import { dataContext } from "../datasets.ts";
import { asCaller } from "../paths.ts";
import { createSourceReader } from "../run/read-source.ts";
import { formatWhole } from "../terminal/format.ts";
import { constantTexts } from "./constant-texts.ts";
import { findDuplicates } from "./duplicates.ts";
import { type Finding, type LintRecord, percent, worstFirst } from "./finding.ts";
import { checkLabelNoise } from "./label-noise.ts";
import { checkLabels } from "./labels.ts";
import { checkLengths } from "./lengths.ts";
import { checkOtherColumns } from "./other-columns.ts";
import { checkVocabulary } from "./vocabulary.ts";

/** Records of a split that are looked at; of more, so many are drawn. */
const MAX_RECORDS = 50_000;

export interface DataLint {
  readonly findings: readonly Finding[];
  /** Records that were looked at, and that there are, by split. */
  readonly records: Readonly<Record<string, { readonly seen: number; readonly all: number }>>;
}

/**
 * Reads the data and fits what comes before the model; nothing is written.
 *
 * @throws {DataError} if the data cannot be read or do not fit the task
 */
export async function lintData(experiment: Experiment, tasks: readonly Task[]): Promise<DataLint> {
  const { plan } = planOf(experiment, tasks);
  const dataset = await loadDataset(experiment.data, plan.fields, dataContext());
  const splits = new Map<string, readonly LintRecord[]>();
  const records: Record<string, { seen: number; all: number }> = {};
  for (const [split, all] of Object.entries({ train: dataset.train, ...dataset.evaluated })) {
    const { seen, count } = await sampleOf(all, plan.fields);
    splits.set(split, seen);
    records[split] = { seen: seen.length, all: count };
  }
  const train = splits.get("train")!;
  const findings = [
    ...checkLabels(splits),
    ...(await checkOtherColumns(experiment.data, splits)),
    // Lines of a running text are no examples: some are empty, and some come again.
    ...(runningRoleOf(plan.fields) === undefined
      ? [...checkLengths(splits), ...constantTexts(splits), ...findDuplicates(splits)]
      : []),
    ...checkLabelNoise(train),
  ];
  // What training would refuse is said already.
  if (findings.every(({ severity }) => severity !== "fault")) {
    const pipeline = await plan.fit(dataset.train, createSourceReader().read);
    findings.push(...checkVocabulary(splits, pipeline.save()));
    if (Array.isArray(dataset.train) && !pipeline.cutsSeries) {
      const { length } = await pipeline.encode(dataset.train, "train");
      findings.push(...leftOut(dataset.train.length, length));
    }
  }
  return { findings: worstFirst(findings), records };
}

/** Every record, or as many drawn by seed as are looked at. */
async function sampleOf(all: Records, fields: Fields): Promise<{ seen: LintRecord[]; count: number }> {
  let count = 0;
  if (Array.isArray(all)) count = all.length;
  else for await (const _ of all) count += 1;
  const places = samplePlaces(count, MAX_RECORDS, 0);
  const wanted = places && new Set(places);
  const seen: DataRecord[] = [];
  let place = 0;
  for await (const record of all) {
    if (wanted === undefined || wanted.has(place)) seen.push(record);
    place += 1;
  }
  return { seen: lintRecords(seen, fields), count };
}

/** Records as the checks see them. */
export function lintRecords(records: readonly DataRecord[], fields: Fields): LintRecord[] {
  const shown = new Map<string, string>();
  const asTyped = (file: string) => {
    const known = shown.get(file) ?? asCaller(file);
    shown.set(file, known);
    return known;
  };
  return records.map((record) => lintRecord(record, fields, asTyped(record.file)));
}

function lintRecord({ values, file, line }: DataRecord, fields: Fields, shownFile: string): LintRecord {
  const texts: Record<string, string> = {};
  let label: string | undefined;
  for (const [role, { kind, target }] of Object.entries(fields)) {
    const value: unknown = values[role];
    if (kind === "category") {
      if (target === true && typeof value === "string") label ??= value;
    } else if (typeof value === "string") texts[role] = value;
    else if ((kind === "tokens" || kind === "words") && Array.isArray(value)) texts[role] = value.join(" ");
  }
  const text = inputRoles(fields)
    .flatMap((role) => texts[role] ?? [])
    .join(" ");
  return { text, texts, label, file, line, place: `${shownFile}:${line}` };
}

/** Training examples that are too long for the config. */
export function leftOut(all: number, kept: number): Finding[] {
  if (kept === all) return [];
  return [
    {
      check: "training examples left out",
      severity: all - kept > 0.05 * all ? "serious" : "minor",
      message: `${formatWhole(all - kept)} of ${formatWhole(all)} training examples (${percent(all - kept, all)}) are longer than the config takes and are left out; raise maxLength, or cut them`,
      examples: [],
    },
  ];
}
