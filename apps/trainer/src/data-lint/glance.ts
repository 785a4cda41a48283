/** What stands out in data that are about to be trained on, as far as a fraction of a second tells; `lint` looks at the rest. */
import { type DataRecord, type Records, runningRoleOf } from "@cellstate/data";
import type { Prepared } from "../train/prepare.ts";
import { constantTexts } from "./constant-texts.ts";
import { exactLeaks } from "./duplicates.ts";
import { type Finding, type LintRecord, worstFirst } from "./finding.ts";
import { checkLabels } from "./labels.ts";
import { emptyTexts } from "./lengths.ts";
import { leftOut, lintRecords } from "./lint-data.ts";
import { checkVocabulary } from "./vocabulary.ts";

/** Training records above which nobody waits for a look; they may also lie on disk. */
const MAX_RECORDS = 100_000;
/** Dev texts that are encoded. */
const MAX_TEXTS = 300;
/** Findings that are shown. */
const MOST = 4;

/** Lines for people, the worst first, with the command that shows all; none where nothing serious stands out. */
export function glanceAtData(prepared: Prepared, lintCommand: string): readonly string[] {
  const found = seriousFindings(prepared).slice(0, MOST);
  if (found.length === 0) return [];
  return [
    ...found.map(({ message }) => `warning: ${message}`),
    `warning: ${lintCommand} shows where, and all else that stands out`,
  ];
}

function seriousFindings({ plan, pipeline, dataset, train }: Prepared): readonly Finding[] {
  if (!isListed(dataset.train) || dataset.train.length > MAX_RECORDS) return [];
  const splits = new Map<string, readonly LintRecord[]>();
  for (const [split, records] of Object.entries({ train: dataset.train, ...dataset.evaluated })) {
    splits.set(split, isListed(records) ? lintRecords(records, plan.fields) : []);
  }
  const findings = [
    ...checkLabels(splits),
    ...(runningRoleOf(plan.fields) === undefined
      ? [...emptyTexts(splits), ...constantTexts(splits), ...exactLeaks(splits)]
      : []),
    ...(pipeline.cutsSeries ? [] : leftOut(dataset.train.length, train.length)),
    ...checkVocabulary(splits, pipeline.save(), MAX_TEXTS),
  ];
  return worstFirst(findings).filter(({ severity }) => severity !== "minor");
}

function isListed(records: Records): records is readonly DataRecord[] {
  return Array.isArray(records);
}
