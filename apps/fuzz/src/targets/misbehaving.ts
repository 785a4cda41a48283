/** A target for tests of the fuzzer: each of its inputs is a word that says what goes wrong. */
import { DataFileError } from "@cellstate/data";
import { bytesOfText, textOfBytes } from "../mutate/text.ts";
import { LIMITS } from "../outcome.ts";
import { Contradiction, type Target } from "../target.ts";

const keep: unknown[] = [];

const BEHAVIOUR: Readonly<Record<string, () => Promise<void> | void>> = {
  fine: () => {},
  typed: () => {
    throw new DataFileError("file", 1, "is not right");
  },
  untyped: () => {
    throw new TypeError("x is not a function");
  },
  contradiction: () => {
    throw new Contradiction("two answers");
  },
  control: () => {
    throw new DataFileError("file", 1, "shows \u001b[31m as it is");
  },
  slow: () => {
    for (const begun = process.cpuUsage(); process.cpuUsage(begun).user < 2_100_000; );
  },
  pollution: () => {
    Reflect.set(Object.prototype, "polluted", 1);
  },
  rejection: async () => {
    void Promise.reject(new Error("nobody waits for this"));
  },
  crash: () => process.exit(3),
  memory: () => {
    keep.push(new Uint8Array(LIMITS.bytes + 2 ** 27).fill(1));
  },
  hang: () => new Promise<never>(() => {}),
};

/** @internal */
export const misbehaving: Target = {
  name: "misbehaving",
  about: "for tests of the fuzzer",
  extension: "txt",
  async open() {
    return {
      seeds: Object.keys(BEHAVIOUR).map(bytesOfText),
      mutators: [(input) => input],
      check: (input) => BEHAVIOUR[textOfBytes(input)]?.(),
    };
  },
};
