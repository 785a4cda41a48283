/**
 * How much a regular expression of JavaScript takes before its first search.
 *
 * Where a part begins, V8 looks up to four characters ahead, along each way through what follows, so that it can skip places
 * where none of them fits. Of parts that may be left out the ways multiply: `a?` forty times and `a` forty times have three
 * quarters of a million, and nothing interrupts an engine that is preparing a search.
 *
 * @see `QuickCheckDetails` in V8's src/regexp/regexp-nodes.h
 */

/** Characters that the engine looks ahead. */
const DEPTH = 4;

/** A place in an expression, by what follows it. */
export interface Ahead {
  /** Ways through the next 0, 1, … `DEPTH` characters. */
  readonly ways: readonly number[];
  /** Fewest characters that follow; no more of them are looked at. */
  readonly least: number;
}

/** The end of an expression, or of what is looked at at once. */
export const END: Ahead = { ways: Array<number>(DEPTH + 1).fill(1), least: 0 };

/** The place before a character. */
export function beforeCharacter({ ways, least }: Ahead): Ahead {
  return { ways: [1, ...ways.slice(0, DEPTH)], least: least + 1 };
}

/** The place before alternatives. */
export function beforeChoice(choices: readonly Ahead[]): Ahead {
  const sum = (index: number) => choices.reduce((total, { ways }) => total + (ways[index] ?? 0), 0);
  return {
    ways: END.ways.map((_, index) => (index === 0 ? 1 : sum(index))),
    least: Math.min(...choices.map(({ least }) => least)),
  };
}

/** Ways that the engine goes through at this place. */
export function waysLookedAt({ ways, least }: Ahead): number {
  return ways[Math.min(DEPTH, least)] ?? 1;
}
