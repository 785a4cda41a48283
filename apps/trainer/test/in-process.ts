/** Runs command lines in this process, which takes a tenth of the time of starting one. */
import { vi } from "vitest";
import { runCli } from "../src/cli.ts";
import { reportError } from "../src/exit.ts";

export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line as typed in `cwd`. Those that watch signals or standard input need a process of their own. */
export async function inProcess(args: readonly string[], cwd: string): Promise<Ending> {
  vi.stubEnv("INIT_CWD", cwd);
  vi.stubEnv("npm_package_json", undefined);
  vi.stubEnv("CELLSTATE_DEBUG", undefined);
  const texts = { stdout: "", stderr: "" };
  const writes = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      texts[name] += text;
      return true;
    }),
  );
  try {
    return { code: await runCli(args).catch((error: unknown) => reportError(error)), ...texts };
  } finally {
    for (const write of writes) write.mockRestore();
    vi.unstubAllEnvs();
  }
}
