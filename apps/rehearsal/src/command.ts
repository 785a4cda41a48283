/** Programs that the rehearsal runs: in one folder, with one environment, and what they said where they fail. */
import { spawn } from "node:child_process";

/** Where and how a program runs. */
export interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A program that ended with another code than 0. */
class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * Runs a program to its end.
 *
 * @param seconds  after which it is stopped. Default 300
 * @returns its standard output
 * @throws {CommandError} with the end of its output, if it fails or takes too long
 */
export function run(command: string, args: readonly string[], place: Place, seconds = 300): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: place.folder,
      env: place.env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: seconds * 1000,
    });
    let stdout = "";
    let all = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      all += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      all += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(stdout);
      const end = signal === null ? `ended with ${code}` : `was stopped by ${signal} (limit ${seconds} s)`;
      reject(new CommandError(`${[command, ...args].join(" ")} ${end}\n${all.trimEnd().slice(-4000)}`));
    });
  });
}
