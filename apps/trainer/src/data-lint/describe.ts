/** Findings for people: the worst first, each with a few places. */
import { formatWhole } from "../terminal/format.ts";
import { SHOWN_EXAMPLES } from "./finding.ts";
import type { DataLint } from "./lint-data.ts";

export function describeLint({ findings, records }: DataLint): string {
  const sizes = Object.entries(records).map(([split, { seen, all }]) => {
    return seen === all ? `${split} ${formatWhole(all)}` : `${split} ${formatWhole(seen)} drawn of ${formatWhole(all)}`;
  });
  const lines = [`looked at ${sizes.join(", ")} examples`];
  if (findings.length === 0) lines.push("nothing stands out");
  for (const { check, severity, message, examples } of findings) {
    lines.push(`${severity.padEnd(8)}${check}`, `        ${message}`);
    for (const example of examples.slice(0, SHOWN_EXAMPLES)) lines.push(`          ${example}`);
    const more = examples.length - SHOWN_EXAMPLES;
    if (more > 0) lines.push(`          and ${more} more, which --json lists`);
  }
  return `${lines.join("\n")}\n`;
}
