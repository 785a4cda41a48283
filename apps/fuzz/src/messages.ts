/** What the process that fuzzes and the one that watches it tell each other. */
import type { Finding, Outcome } from "./outcome.ts";

export type Request =
  | {
      readonly kind: "range";
      readonly seed: number;
      /** The first input and the one after the last. */
      readonly from: number;
      readonly to: number;
      /** Inputs that are known to end the process. */
      readonly skip: readonly number[];
      /** By the clock of `Date.now()`. */
      readonly deadline: number;
      readonly guided: boolean;
    }
  | { readonly kind: "one"; readonly input: Uint8Array };

export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "broken"; readonly message: string }
  | { readonly kind: "progress"; readonly tally: Tally }
  | { readonly kind: "finding"; readonly index: number; readonly finding: Finding; readonly input: Uint8Array }
  | { readonly kind: "done"; readonly tally: Tally }
  | { readonly kind: "outcome"; readonly outcome: Outcome };

/** Counts over a range of inputs. */
export interface Tally {
  inputs: number;
  accepted: number;
  /** Seeds, which come first and as they are, that were not accepted. */
  refusedSeeds: number;
  /** By the name of the error. */
  refused: Record<string, number>;
  slowestMs: number;
  /** Inputs that reached code which none had reached before; 0 unless guided. */
  kept: number;
}

export const emptyTally = (): Tally => ({
  inputs: 0,
  accepted: 0,
  refusedSeeds: 0,
  refused: {},
  slowestMs: 0,
  kept: 0,
});

export function addTally(sum: Tally, part: Tally): Tally {
  const refused = { ...sum.refused };
  for (const [name, count] of Object.entries(part.refused)) refused[name] = (refused[name] ?? 0) + count;
  return {
    inputs: sum.inputs + part.inputs,
    accepted: sum.accepted + part.accepted,
    refusedSeeds: sum.refusedSeeds + part.refusedSeeds,
    refused,
    slowestMs: Math.max(sum.slowestMs, part.slowestMs),
    kept: sum.kept + part.kept,
  };
}
