/** Runs command lines in this process, which takes a tenth of the time of starting one. */
import { Readable } from "node:stream";
import { vi } from "vitest";
import { type CliOptions, runCli } from "../src/cli.ts";
import { reportError } from "../src/exit.ts";
import type { Outcome } from "./cellstate.ts";

export interface Ending extends Outcome {
  readonly code: number;
}

/** The command line that runs last: the streams of a process are those of one at a time. */
let last: Promise<unknown> = Promise.resolve();

interface InProcessOptions extends CliOptions {
  /** What it reads on standard input. Default: nothing. */
  readonly input?: string | Uint8Array | undefined;
}

/** A command line as typed in `cwd`, after those before it have ended. What is stopped by signals needs a process of its own. */
export function inProcess(args: readonly string[], cwd: string, options: InProcessOptions = {}): Promise<Ending> {
  const next = last.then(() => run(args, cwd, options));
  last = next.catch(() => {});
  return next;
}

async function run(
  args: readonly string[],
  cwd: string,
  { input = "", ...options }: InProcessOptions,
): Promise<Ending> {
  vi.stubEnv("INIT_CWD", cwd);
  vi.stubEnv("npm_package_json", undefined);
  vi.stubEnv("CELLSTATE_DEBUG", undefined);
  const texts = { stdout: "", stderr: "" };
  const stubs = [
    ...(["stdout", "stderr"] as const).map((name) =>
      vi.spyOn(process[name], "write").mockImplementation((text) => {
        texts[name] += typeof text === "string" ? text : Buffer.from(text).toString();
        return true;
      }),
    ),
    vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from([Buffer.from(input)]) as typeof process.stdin),
  ];
  try {
    return { code: await runCli(args, options).catch((error: unknown) => reportError(error)), signal: null, ...texts };
  } finally {
    for (const stub of stubs) stub.mockRestore();
    vi.unstubAllEnvs();
  }
}
