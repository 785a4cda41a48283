/** The page that runs of the benchmarks write. A run writes the sections of its suites and leaves the others as they are. */
import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { numericsVersion } from "@cellstate/tensor";
import type { Found } from "./peers.ts";
import type { Suite } from "./suite.ts";
import { type Table, toMarkdown } from "./table.ts";

const head = `# Benchmarks

Written by \`pnpm bench\`. All contenders of a table take turns, each time in a process of its own; numbers are medians. What the
peers are and how to install them: \`apps/bench/peers/README.md\`. Each section says when and where it was measured; a run of some
suites leaves the others as they are.
`;

/** How and when something was measured. */
export interface Run {
  readonly found: Pick<Found, "versions" | "missing">;
  readonly command: string;
  readonly date: Date;
}

export function pageSection({ title, about }: Suite, tables: readonly Table[], run: Run): string {
  if (tables.length === 0) return `## ${title}\n\nNot measured.\n`;
  return [`## ${title}`, about, provenance(run), ...tables.map(toMarkdown)].join("\n\n").concat("\n");
}

/** Machine, versions, command, and what was not there. */
function provenance({ found, command, date }: Run): string {
  const lines = [
    `Machine: ${cpus().length} cores, ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    `Versions: commit ${commit() ?? "unknown"}, numerics version ${numericsVersion}, Node ${process.versions.node}${found.versions.map((version) => `, ${version}`).join("")}`,
    `Command: \`${command}\`, ${date.toISOString().slice(0, 10)}`,
    ...found.missing.map((line) => `Not measured: ${line}`),
  ];
  return lines.map((line) => `- ${line}`).join("\n");
}

/**
 * The page with new sections in the place of those of the same title.
 *
 * @param page   the page as it was; empty if there is none
 * @param suites all there are, in the order of the page; sections of others are dropped
 * @param sections by title
 */
export function updatePage(page: string, suites: readonly Suite[], sections: ReadonlyMap<string, string>): string {
  const kept = new Map(
    page
      .split(/^(?=## )/m)
      .slice(1)
      .map((section) => [/^## (.*)/.exec(section)?.[1], `${section.trimEnd()}\n`] as const),
  );
  const all = suites.flatMap(({ title }) => sections.get(title) ?? kept.get(title) ?? []);
  return [head, ...all].join("\n");
}

function commit(): string | undefined {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}
