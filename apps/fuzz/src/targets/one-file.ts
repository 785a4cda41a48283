/** Inputs that stand for one changed file among others: a line that says which, and below it what the file holds. */
import { concat } from "../mutate/bytes.ts";
import { bytesOfText, textOfBytes } from "../mutate/text.ts";
import type { Mutator } from "../target.ts";

export interface OneFile {
  /** The words of the first line. */
  readonly words: readonly string[];
  readonly contents: Uint8Array;
}

const LINE_FEED = 10;

export function writeOneFile({ words, contents }: OneFile): Uint8Array {
  return concat(bytesOfText(`${words.join(" ")}\n`), contents);
}

export function readOneFile(input: Uint8Array): OneFile {
  const end = input.indexOf(LINE_FEED);
  if (end < 0) return { words: textOfBytes(input).split(" "), contents: new Uint8Array() };
  return { words: textOfBytes(input.subarray(0, end)).split(" "), contents: input.slice(end + 1) };
}

/** Changes what the file holds, by what suits its name. */
export function contentsMutator(mutatorsFor: (file: OneFile) => readonly Mutator[]): Mutator {
  return (input, random, bases) => {
    const file = readOneFile(input);
    const others = bases.map((base) => readOneFile(base).contents);
    const change = random.pick(mutatorsFor(file));
    return writeOneFile({ ...file, contents: change(file.contents, random, others) });
  };
}
