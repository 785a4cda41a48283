/** The page that a run of the benchmarks writes. */
import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { numericsVersion } from "@cellstate/tensor";
import type { Found } from "./peers.ts";
import type { Suite } from "./suite.ts";
import { type Table, toMarkdown } from "./table.ts";

/** Machine, versions, command, and what was not there. */
export function pageHead(found: Found, command: string, date: Date): string {
  const lines = [
    `Machine: ${cpus().length} cores, ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    `Versions: commit ${commit() ?? "unknown"}, numerics version ${numericsVersion}, Node ${process.versions.node}${found.versions.map((version) => `, ${version}`).join("")}`,
    `Command: \`${command}\`, ${date.toISOString().slice(0, 10)}`,
    ...found.missing.map((line) => `Not measured: ${line}`),
  ];
  return `# Benchmarks

Written by \`pnpm bench\`. All contenders of a table take turns, each time in a process of its own; numbers are medians. What the
peers are and how to install them: \`apps/bench/peers/README.md\`.

${lines.map((line) => `- ${line}`).join("\n")}
`;
}

export function pageSection({ title, about }: Suite, tables: readonly Table[]): string {
  if (tables.length === 0) return `## ${title}\n\nNot measured.\n`;
  return [`## ${title}`, about, ...tables.map(toMarkdown)].join("\n\n").concat("\n");
}

function commit(): string | undefined {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}
