/** What reading one input did: accepted, refused by an error that users can act on, or a finding. */
import { reportError } from "cellstate";
import { Contradiction } from "./target.ts";

/** Why an outcome is a finding. */
type FindingKind =
  | "untyped" // an error that the command line would call a fault of its own
  | "contradiction"
  | "control" // a message that would send control characters to a terminal
  | "slow" // more than two seconds of processor time
  | "memory" // far more memory than its size accounts for
  | "pollution" // an object that all others inherit from was changed
  | "rejection" // a promise that nobody waits for failed
  | "crash" // the process ended
  | "hang"; // it had to be ended

export interface Finding {
  readonly kind: FindingKind;
  /** The error's message, or what was measured. */
  readonly message: string;
  /** Where it arose, for errors that have a stack. */
  readonly stack?: string | undefined;
}

/** `refused` is the name of the error. */
export type Outcome =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly refused: string }
  | { readonly accepted: false; readonly finding: Finding };

/** The limits of one input. */
export const LIMITS = {
  /** Of processor time, so that a busy machine changes nothing. */
  milliseconds: 2000,
  /** By which the process may grow at its peak. */
  bytes: 512 * 2 ** 20,
  /** After which it is given up, whatever it waits for. */
  patienceMs: 20_000,
} as const;

/** All but line breaks and tabs. */
const CONTROL = /[^\P{Cc}\n\t]/u;

/** What an error that ended the reading of an input means. */
export function outcomeOfError(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof Contradiction) return { accepted: false, finding: { kind: "contradiction", message, stack } };
  const shown = shownToUsers(error);
  if (shown.startsWith("cellstate: internal:"))
    return { accepted: false, finding: { kind: "untyped", message, stack } };
  if (CONTROL.test(shown)) {
    return { accepted: false, finding: { kind: "control", message: JSON.stringify(shown).slice(0, 500), stack } };
  }
  return { accepted: false, refused: error instanceof Error ? error.name : typeof error };
}

/** What the command line would write to standard error. */
function shownToUsers(error: unknown): string {
  const { write } = process.stderr;
  let shown = "";
  process.stderr.write = (text: string | Uint8Array) => {
    shown += text;
    return true;
  };
  try {
    reportError(error, {});
  } finally {
    process.stderr.write = write;
  }
  return shown;
}

/** Equal for findings that have one cause, as far as kind, place and words of the message can tell. */
export function signatureOf({ kind, message, stack }: Finding): string {
  const place = /(?:packages|apps)\/[^)\s]*\.ts:\d+/.exec(stack ?? "")?.[0] ?? "";
  const words = message
    .split("\n")[0]!
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/[\d.]+/g, "0")
    .slice(0, 80);
  return kind === "slow" || kind === "hang" || kind === "memory" ? kind : `${kind} ${place} ${words}`;
}
