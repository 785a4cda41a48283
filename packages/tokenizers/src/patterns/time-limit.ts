/**
 * Stops what takes too long, where the runtime can: Node's module `vm` interrupts even a regular expression. Elsewhere, as
 * in browsers, nothing is stopped.
 */

/** What was run did not end in time. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}

type Runner = (run: () => void, milliseconds: number) => void;

let runner: Runner | undefined;

/**
 * Runs a function that must not leave anything half done. Entering costs some 0.1 ms.
 *
 * @throws {TimeLimitError} if it takes longer
 */
export function runWithin<T>(milliseconds: number, run: () => T): T {
  runner ??= vmRunner() ?? ((run) => run());
  const outcome: { value?: T } = {};
  runner(() => {
    outcome.value = run();
  }, milliseconds);
  return outcome.value as T; // it was run to its end
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
      throw isTimeout(error) ? new TimeLimitError(`took longer than ${timeout} ms`) : error;
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
