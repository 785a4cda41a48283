/** Processes that measure: one for each measurement, so that none warms, fills or slows the next. */
import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Measurement, Request, TokenizerRequest } from "./request.ts";
import { median } from "./statistics.ts";

/** A program that takes a request as its last argument and prints a measurement. */
export interface Runner {
  /** As a column of a table names it. */
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** One round is enough: a step takes many seconds. Default false. */
  readonly isSlow?: boolean;
}

/** A runner and what it is asked. */
export interface Contender {
  readonly runner: Runner;
  readonly request: Request | TokenizerRequest;
}

/** Medians over the rounds, or why there are none. */
export type Outcome = { readonly measured: Measurement } | { readonly problem: string };

export interface RoundOptions {
  readonly rounds: number;
  /** Seconds after which a process is given up. */
  readonly limit: number;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Starts a program and reads the object that it prints last.
 *
 * @param limit  seconds after which it is ended
 * @returns what it printed; a string says in one line what went wrong
 */
export function runJson<Result extends object>(
  { command, env }: Pick<Runner, "command" | "env">,
  args: readonly string[],
  limit: number,
): Result | string {
  const { status, stdout, stderr, error } = spawnSync(command[0]!, [...command.slice(1), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 1000 * limit,
    killSignal: "SIGKILL",
  });
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ETIMEDOUT") return `nothing in ${limit} s`;
  if (code !== undefined) return `${basename(command[0]!)} does not start (${code})`;
  if (status !== 0) return reasonIn(stderr) ?? `exit status ${status}`;
  return JSON.parse(lastLine(stdout) ?? "{}") as Result;
}

/** The line that names the error; Node adds a stack and its version below. Paths begin at the root of the repository. */
function reasonIn(stderr: string): string | undefined {
  const reason = stderr.split("\n").findLast((line) => /^\w*Error\b/.test(line)) ?? lastLine(stderr);
  return reason?.replaceAll(root, "");
}

function lastLine(text: string): string | undefined {
  return text.trim().split("\n").at(-1) || undefined;
}

/** Lets all contenders take turns, so that a slow minute of the machine falls on all of them. */
export function interleave(contenders: readonly Contender[], { rounds, limit }: RoundOptions): Outcome[] {
  const results = contenders.map((): Measurement[] => []);
  const problems = new Map<number, string>();
  for (let round = 0; round < rounds; round++) {
    for (const [index, { runner, request }] of contenders.entries()) {
      if (problems.has(index) || (runner.isSlow && round > 0)) continue;
      const result = runJson<Measurement>(runner, [JSON.stringify(request)], limit);
      if (typeof result === "string") problems.set(index, result);
      else results[index]!.push(result);
    }
  }
  return results.map((measurements, index) => {
    const problem = problems.get(index);
    return problem === undefined ? { measured: medians(measurements) } : { problem };
  });
}

/** The median of each number by itself. */
export function medians(measurements: readonly Measurement[]): Measurement {
  const names = Object.keys(measurements[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(measurements.map((one) => one[name]!))]));
}
