/** Runs one input through a target and judges it: what was thrown, how long it took, what it did to memory and to all objects. */
import { type Finding, LIMITS, type Outcome, outcomeOfError } from "./outcome.ts";
import type { OpenTarget } from "./target.ts";

/** An outcome and the processor time that it took. */
export interface Judged {
  readonly outcome: Outcome;
  readonly milliseconds: number;
}

/** Judges inputs one after another in this process. */
export class Judge {
  readonly #target: OpenTarget;
  readonly #shared = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Promise.prototype];
  readonly #keys = this.#shared.map((object) => new Set(Reflect.ownKeys(object)));
  #rejection: unknown;
  #rejected = false;

  constructor(target: OpenTarget) {
    this.#target = target;
    process.on("unhandledRejection", (reason) => {
      this.#rejection = reason;
      this.#rejected = true;
    });
  }

  async judge(input: Uint8Array): Promise<Judged> {
    const before = process.cpuUsage();
    const peakBefore = process.resourceUsage().maxRSS;
    let outcome: Outcome;
    try {
      const checked = this.#target.check(input);
      if (checked !== undefined) {
        await checked;
        // A promise that fails without anybody waiting for it is known once the event loop turns.
        await new Promise(setImmediate);
      }
      outcome = { accepted: true };
    } catch (error) {
      outcome = outcomeOfError(error);
    }
    const { user, system } = process.cpuUsage(before);
    const milliseconds = (user + system) / 1000;
    const grownBytes = (process.resourceUsage().maxRSS - peakBefore) * 1024;
    const finding = "finding" in outcome ? undefined : this.#faultBeside(milliseconds, grownBytes);
    return { outcome: finding === undefined ? outcome : { accepted: false, finding }, milliseconds };
  }

  /** What is wrong although the answer itself was fine. */
  #faultBeside(milliseconds: number, grownBytes: number): Finding | undefined {
    if (this.#rejected) {
      this.#rejected = false;
      return { kind: "rejection", message: String(this.#rejection), stack: (this.#rejection as Error)?.stack };
    }
    const added = this.#takeBackKeys();
    if (added.length > 0) return { kind: "pollution", message: `all objects got ${added.map(String).join(", ")}` };
    if (grownBytes > LIMITS.bytes) {
      return { kind: "memory", message: `${Math.round(grownBytes / 2 ** 20)} MiB more at the peak` };
    }
    if (milliseconds > LIMITS.milliseconds) return { kind: "slow", message: `${Math.round(milliseconds)} ms` };
    return undefined;
  }

  /** Keys that shared prototypes got; they are removed, so that the next input is judged by itself. */
  #takeBackKeys(): PropertyKey[] {
    return this.#shared.flatMap((object, i) => {
      const added = Reflect.ownKeys(object).filter((key) => !this.#keys[i]!.has(key));
      for (const key of added) Reflect.deleteProperty(object, key);
      return added;
    });
  }
}
