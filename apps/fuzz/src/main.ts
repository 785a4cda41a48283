/** What `cellstate fuzz` does: fuzzes the targets one after another, prints a line for each, and what was found. */

import { readFileSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import { corpusFolder } from "./corpus.ts";
import { fuzzTarget, type KeptFinding, replay, type TargetReport } from "./fuzz-target.ts";
import { findTarget, targets } from "./targets.ts";

/** As on the command line. */
export interface FuzzCommand {
  /** Names of targets. Empty: all. */
  readonly target: readonly string[];
  /** Of each target; no limit if only `inputs` is given. Default 10. */
  readonly seconds?: number | undefined;
  /** Of each target. Default: as many as the time allows. */
  readonly inputs?: number | undefined;
  readonly seed: number;
  readonly guided?: true | undefined;
  /** Files to read again instead of fuzzing, each by the one target. */
  readonly replay: readonly string[];
  readonly json?: true | undefined;
  /** The folder that relative paths start from. */
  readonly folder: string;
}

const DEFAULT_SECONDS = 10;

/** Names and inputs of the targets, for `--help`. */
export function describeTargets(): string {
  return targets.map(({ name, about }) => `  ${name.padEnd(16)}${about}`).join("\n");
}

/** @returns whether nothing was found */
export async function fuzz(command: FuzzCommand): Promise<boolean> {
  const chosen = command.target.length === 0 ? targets : command.target.map(findTarget);
  if (command.replay.length > 0) return await replayFiles(command);
  const { inputs = Number.MAX_SAFE_INTEGER, seed, guided = false } = command;
  const seconds = command.seconds ?? (command.inputs === undefined ? DEFAULT_SECONDS : 1e9);
  const reports: TargetReport[] = [];
  for (const target of chosen) {
    const report = await fuzzTarget(target, { seed, inputs, seconds, guided, corpus: corpusFolder });
    reports.push(report);
    if (command.json !== true) process.stdout.write(describe(report, command.folder));
  }
  if (command.json === true)
    process.stdout.write(`${JSON.stringify({ seed, targets: reports.map(asJson) }, null, 2)}\n`);
  return reports.every(({ findings }) => findings.length === 0);
}

async function replayFiles({ target, replay: files, folder }: FuzzCommand): Promise<boolean> {
  const [name = ""] = target;
  const inputs = files.map((file) => new Uint8Array(readFileSync(resolve(folder, file))));
  const outcomes = await replay(findTarget(name), inputs);
  for (const [i, outcome] of outcomes.entries()) {
    const what =
      "finding" in outcome
        ? `${outcome.finding.kind}: ${shown(outcome.finding.stack ?? outcome.finding.message)}`
        : outcome.accepted
          ? "accepted"
          : `refused: ${outcome.refused}`;
    process.stdout.write(`${basename(files[i]!)}: ${what}\n`);
  }
  return outcomes.every((outcome) => !("finding" in outcome));
}

/** One line, and some for each finding. */
export function describe(report: TargetReport, folder: string): string {
  const { target, inputs, accepted, refused, slowestMs, seconds, kept, findings } = report;
  const byName = Object.entries(refused).sort(([, a], [, b]) => b - a);
  const total = byName.reduce((sum, [, count]) => sum + count, 0);
  const names = byName.map(([name, count]) => `${name} ${count}`).join(", ");
  const parts = [
    `${target.padEnd(16)}${String(inputs).padStart(8)} inputs in ${seconds.toFixed(1)} s`,
    `${accepted} accepted`,
    `${total} refused${names === "" ? "" : ` (${names})`}`,
    ...(kept === 0 ? [] : [`${kept} reached new code`]),
    `slowest ${Math.round(slowestMs)} ms`,
    `${findings.length} finding${findings.length === 1 ? "" : "s"}`,
  ];
  return `${parts.join(", ")}\n${findings.map((finding) => describeFinding(report.target, finding, folder)).join("")}`;
}

function describeFinding(target: string, { kind, message, file, count }: KeptFinding, folder: string): string {
  const again = file === undefined ? "" : `    cellstate fuzz --target ${target} --replay ${relative(folder, file)}\n`;
  return `  ${kind}, ${count} times: ${shown(message.split("\n")[0]!.slice(0, 300))}\n${again}`;
}

function asJson({ findings, ...rest }: TargetReport) {
  return {
    ...rest,
    findings: findings.map(({ kind, message, file, count, input }) => ({
      kind,
      message,
      file,
      count,
      bytes: input.length,
    })),
  };
}

/** Control characters as escapes. */
function shown(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
}
