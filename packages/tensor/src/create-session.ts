/** Starts a session: chooses a backend, starts its threads, and refuses options that make no sense. */
import { type BackendName, backendNames } from "./backend.ts";
import { createKernelBackend } from "./backends/kernels/backend.ts";
import type { Team } from "./backends/kernels/kernels.ts";
import { startNativeTeam } from "./backends/native/team.ts";
import { createReferenceBackend } from "./backends/reference/backend.ts";
import type { FloatType } from "./dtype.ts";
import { BackendError } from "./errors.ts";
import { type OptionNames, requireKnownOptions } from "./known-options.ts";
import { Session } from "./session.ts";

export interface SessionOptions {
  /** `auto` (the default) takes the fastest backend that is there. */
  readonly backend?: "auto" | BackendName;
  /**
   * Threads of the backend, an integer from 1 to 1024, or `auto`: as many as there are processors, of which all or one work, whichever
   * is faster by a measurement of some milliseconds at the start and every five seconds. Results never depend on it. Default 1.
   */
  readonly threads?: number | "auto";
  /** Type of real numbers: `float64` exists on the reference backend only. Default `float32`. */
  readonly dtype?: FloatType;
}

const optionNames: OptionNames<SessionOptions> = { backend: true, threads: true, dtype: true };

/** No machine that this runs on has more processors, and systems refuse to start many more. */
const MAX_THREADS = 1024;

/**
 * Starts a backend. Asynchronous because a browser compiles and starts threads asynchronously.
 *
 * @throws {BackendError} if the backend that is asked for is not there, with the reason and what to do
 * @throws {OptionError} if an option is unknown
 */
export async function createSession(options: SessionOptions = {}): Promise<Session> {
  requireKnownOptions("createSession", options, optionNames);
  const { backend = "auto", dtype = "float32" } = options;
  const threads = options.threads === "auto" ? processorCount() : (options.threads ?? 1);
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new BackendError(
      `createSession: expected threads to be an integer from 1 to ${MAX_THREADS}, or auto, got ${threads}`,
    );
  }
  if (backend !== "auto" && !backendNames.includes(backend)) {
    throw new BackendError(`createSession: expected backend auto, ${backendNames.join(", ")}, got ${backend}`);
  }
  if (dtype !== "float32" && dtype !== "float64") {
    throw new BackendError(`createSession: expected dtype float32 or float64, got ${String(dtype)}`);
  }
  if (backend === "reference" || (backend === "auto" && dtype === "float64")) {
    return new Session(createReferenceBackend(dtype));
  }
  if (dtype === "float64") {
    throw new BackendError(`createSession: float64 needs the reference backend, got ${backend}`);
  }
  const kernelBackend = createKernelBackend(await startTeam(backend, threads), options.threads === "auto");
  kernelBackend.chooseThreads?.();
  return new Session(kernelBackend);
}

/** Those that this process may use; 1 where the engine does not say. */
function processorCount(): number {
  return Math.min(globalThis.navigator?.hardwareConcurrency ?? 1, MAX_THREADS);
}

/** `auto` falls back to WebAssembly where the native kernels are not there. */
async function startTeam(backend: "auto" | Team["name"], threads: number): Promise<Team> {
  if (backend !== "wasm") {
    const team = startNativeTeam(threads, backend === "native");
    if (team) return team;
  }
  const { startWasmTeam } = await import("./backends/wasm/team.ts");
  return startWasmTeam({ threads });
}
