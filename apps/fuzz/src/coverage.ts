/** Which code has been reached so far, by V8's block coverage, so that inputs that reach new code can be kept. */
import { Session } from "node:inspector";

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
    }[];
  }[];
}

export class ReachedCode {
  readonly #session = new Session();
  readonly #reached = new Set<string>();

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });
  }

  /** Whether code of the project has run since the last call that never had before. */
  grew(): boolean {
    let grew = false;
    this.#session.post("Profiler.takePreciseCoverage", (error, coverage) => {
      if (error !== null) throw error;
      for (const { url, functions } of (coverage as unknown as Coverage).result) {
        if (!/\/(?:packages|apps\/trainer)\//.test(url)) continue;
        for (const { ranges } of functions) {
          for (const { startOffset, endOffset, count } of ranges) {
            const key = `${url}:${startOffset}-${endOffset}`;
            if (count === 0 || this.#reached.has(key)) continue;
            this.#reached.add(key);
            grew = true;
          }
        }
      }
    });
    return grew;
  }
}
