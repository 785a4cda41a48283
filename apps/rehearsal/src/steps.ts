/** The steps of a rehearsal: each is named, timed and told in one line, and the first that fails ends it. */

/** What a step found, in a few words. */
export type Finding = string;

/** One line of the table. */
export interface StepResult {
  readonly name: string;
  readonly seconds: number;
  readonly passed: boolean;
  readonly finding: Finding;
}

/** A step failed; the steps after it were not tried. */
class StepError extends Error {
  override readonly name = "StepError";
}

/** Runs steps and remembers what came of them. */
export class Steps {
  readonly results: StepResult[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /**
   * Runs one step and prints its line.
   *
   * @throws {StepError} that names the step, if it fails
   */
  async run(name: string, step: () => Promise<Finding>): Promise<void> {
    const start = performance.now();
    const end = (passed: boolean, finding: Finding): void => {
      const seconds = (performance.now() - start) / 1000;
      this.results.push({ name, seconds, passed, finding });
      this.#print(`${passed ? "ok  " : "FAIL"} ${name}: ${finding} (${seconds.toFixed(1)} s)`);
    };
    try {
      end(true, await step());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      end(false, message);
      throw new StepError(`release:rehearse: the step "${name}" failed`);
    }
  }

  /** All steps in columns. */
  table(): string {
    const width = Math.max(...this.results.map(({ name }) => name.length));
    const rows = this.results.map(
      ({ name, seconds, passed, finding }) =>
        `${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${passed ? "ok  " : "FAIL"}  ${finding.split("\n")[0]}`,
    );
    return rows.join("\n");
  }

  /** The results as `scripts/count-tests.ts` reads them. */
  counts(): Record<string, number> {
    const failed = this.results.filter(({ passed }) => !passed).length;
    return {
      numTotalTests: this.results.length,
      numPassedTests: this.results.length - failed,
      numFailedTests: failed,
      numFailedTestSuites: failed,
    };
  }
}
