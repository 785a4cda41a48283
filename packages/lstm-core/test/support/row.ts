/** A row of the table of what the recurrent layers of other libraries offer, with what shows that its claim holds. */
import { expect } from "vitest";

export interface SupportRow {
  /** `different`: there is the same thing in another way, which `here` says. */
  readonly status: "supported" | "different" | "refused";
  /** What it is called here, how it differs, or the error. */
  readonly here: string;
  /** Runs the claim. */
  shows(): void;
}

/** By the argument's name in the other library. */
export type SupportRows = Readonly<Record<string, SupportRow>>;

export const supported = (here: string, shows: () => void): SupportRow => ({ status: "supported", here, shows });

export const different = (here: string, shows: () => void): SupportRow => ({ status: "different", here, shows });

/** @param error  the end of the message, but for the nearest name that may follow */
export function refused(call: () => unknown, error: string, why: string): SupportRow {
  return {
    status: "refused",
    here: `OptionError, \`... ${error}\`: ${why}`,
    shows: () => expect(call).toThrow(new RegExp(`${error}(; did you mean \\w+\\?)?$`)),
  };
}
