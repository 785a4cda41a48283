/** Compares the log of a repetition with that of its run, line by line as it grows: where the losses part, the run ends. */
import { isPlainMap } from "@cellstate/files";
import type { MetricsLine } from "../../run/metrics-log.ts";
import { Difference } from "./difference.ts";

/** Keys whose values depend on the machine. */
const TIMES = ["elapsedSeconds", "tokensPerSecond"];

export class LogComparison {
  readonly #expected: readonly MetricsLine[];
  #seen = 0;
  /** Step of the last line that was compared. */
  #step: number;

  /**
   * @param expected  the log of the run
   * @param step      at which it began
   */
  constructor(expected: readonly MetricsLine[], step = 0) {
    this.#expected = expected;
    this.#step = step;
  }

  /** Compares the next line. @throws {Difference} naming the step and both values */
  see(line: MetricsLine): void {
    const expected = this.#expected[this.#seen];
    if (expected === undefined) {
      throw new Difference(`metrics.jsonl: the run ended at step ${this.#step}, and here it goes on`);
    }
    const number = this.#seen + 1;
    if (expected.kind !== line.kind || expected.step !== line.step) {
      throw new Difference(
        `metrics.jsonl:${number}: ${expected.kind} at step ${expected.step} in the run, ${line.kind} at step ${line.step} here`,
      );
    }
    const [parted] = differencesOf(expected, JSON.parse(JSON.stringify(line)), []);
    if (parted !== undefined) {
      const { key, was, is } = parted;
      throw new Difference(
        `metrics.jsonl:${number}: ${key} parts ${this.#placeOf(line)}: ${show(was)} in the run, ${show(is)} here`,
      );
    }
    this.#seen = number;
    this.#step = line.step;
  }

  /** How many lines were compared. @throws {Difference} if lines of the run are missing at the end */
  finish(): number {
    const next = this.#expected[this.#seen];
    if (next === undefined) return this.#seen;
    throw new Difference(`metrics.jsonl:${this.#seen + 1}: the run goes on with step ${next.step}, and here it ended`);
  }

  /** Long runs do not log every step. */
  #placeOf({ kind, step }: MetricsLine): string {
    return kind === "step" && step > this.#step + 1 ? `between steps ${this.#step + 1} and ${step}` : `at step ${step}`;
  }
}

interface DifferentValue {
  readonly key: string;
  readonly was: unknown;
  readonly is: unknown;
}

function differencesOf(was: unknown, is: unknown, path: readonly string[]): DifferentValue[] {
  if (isPlainMap(was) && isPlainMap(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !TIMES.includes(key));
    return keys.flatMap((key) => differencesOf(was[key], is[key], [...path, key]));
  }
  return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ key: path.join("."), was, is }];
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
