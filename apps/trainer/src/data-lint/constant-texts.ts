/** Texts that are the same in every training example: a wrong column. */
import type { Finding, LintSplits } from "./finding.ts";

/** Examples from which it is no chance. */
const FEWEST = 10;

export function constantTexts(splits: LintSplits): Finding[] {
  const train = splits.get("train") ?? [];
  const [first] = train;
  if (first === undefined || train.length < FEWEST) return [];
  return Object.entries(first.texts).flatMap(([role, text]) => {
    if (train.some(({ texts }) => texts[role] !== text)) return [];
    return [
      {
        check: `one ${role} for all`,
        severity: "serious",
        message: `the ${role} of all ${train.length} training examples is the same, so nothing can be learned of it; name another column (data: { columns: { ${role}: ... } })`,
        examples: [],
      } satisfies Finding,
    ];
  });
}
