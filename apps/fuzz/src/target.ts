/** What a fuzzer is: valid inputs to begin with, ways to change them, and a judge of what reading them does. */
import type { Random } from "./random.ts";

/** Changes an input. `bases` are all inputs that changes may start from, for mutators that join two of them. */
export type Mutator = (input: Uint8Array, random: Random, bases: readonly Uint8Array[]) => Uint8Array;

/** One kind of input that is fuzzed. Every input is a piece of bytes, so that it can lie in a file. */
export interface Target {
  readonly name: string;
  /** What its inputs are, in a few words. */
  readonly about: string;
  /** Of files in the corpus, without the dot. */
  readonly extension: string;
  /**
   * Prepares the target.
   *
   * @param folder  a folder of its own for files; it may hold what an earlier process of this target left there
   */
  open(folder: string): Promise<OpenTarget>;
}

/** A target that is ready. */
export interface OpenTarget {
  /** Valid inputs, made by the project's own writers where it has some. */
  readonly seeds: readonly Uint8Array[];
  readonly mutators: readonly Mutator[];
  /** Inputs made by a grammar of their own; about a third are, where there is one. */
  readonly generate?: (random: Random) => Uint8Array;
  /**
   * Reads the input as users would, and checks what came of it.
   *
   * @throws {Contradiction} if it was accepted, yet something that must hold for accepted inputs does not
   * @throws {Error} of the reader's, if it is refused
   */
  check(input: Uint8Array): Promise<void> | void;
}

/** What was accepted contradicts a schema, a hash, or what another way of reading it gives. */
export class Contradiction extends Error {
  override readonly name = "Contradiction";
}

/** @throws {Contradiction} unless `holds` */
export function mustHold(holds: boolean, message: string | (() => string)): void {
  if (!holds) contradict(typeof message === "string" ? message : message());
}

/** @throws {Contradiction} always */
export function contradict(message: string): never {
  throw new Contradiction(message);
}
