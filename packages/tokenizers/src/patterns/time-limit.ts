/** Stops what takes too long. Node's module `vm` interrupts even a regular expression; elsewhere code must ask for the time. */

/** What was run did not end in time; the message says how long it took, and goes into another one. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

type Runner = (run: () => void, milliseconds: number) => void;

let runner: Runner | undefined;

/** Whether the runtime can stop what runs. */
export function canStop(): boolean {
  runner ??= vmRunner();
  return runner !== undefined;
}

/**
 * Runs a function that must not leave anything half done, if `canStop`. Entering costs some 0.1 ms.
 *
 * @throws {TimeLimitError} if it takes longer
 */
export function runWithin<T>(milliseconds: number, run: () => T): T {
  const outcome: { value?: T } = {};
  runner?.(() => {
    outcome.value = run();
  }, milliseconds);
  return outcome.value as T; // it was run to its end
}

/** A check, for code that calls it again and again, that throws a TimeLimitError after so many milliseconds. */
export function deadline(milliseconds: number): () => void {
  const end = performance.now() + milliseconds;
  return () => {
    if (performance.now() > end) throw tooLong(milliseconds);
  };
}

function tooLong(milliseconds: number): TimeLimitError {
  return new TimeLimitError(`took longer than ${milliseconds / 1000} s`);
}

/** Undefined where there is no such module; it is not imported, so that bundles for browsers do not ask for it. */
function vmRunner(): Runner | undefined {
  const vm = globalThis.process?.getBuiltinModule?.("node:vm");
  if (vm === undefined) return undefined;
  const script = new vm.Script("run()");
  const sandbox = { run: () => {} };
  const context = vm.createContext(sandbox);
  return (run, timeout) => {
    sandbox.run = run;
    try {
      script.runInContext(context, { timeout });
    } catch (error) {
      throw isTimeout(error) ? tooLong(timeout) : error;
    } finally {
      sandbox.run = () => {};
    }
  };
}

/** An error of another realm, of which `instanceof` does not know. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
