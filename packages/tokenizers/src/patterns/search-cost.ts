/**
 * How many steps a regular expression of JavaScript may take at most, by the length of the text.
 *
 * An engine that backtracks tries each way in which a part matches with what follows the part, until one fits. A part is
 * therefore known by its steps at one place and by its ways to match there: of parts in a row the ways multiply, of
 * alternatives they add up, and a repetition has one way for each count, times those of its body. Where what follows cannot
 * fail, the first way is the last. Which characters overlap is not looked at, so the number is an upper bound, whatever
 * makes the expression ambiguous.
 *
 * @see Weideman, van der Merwe, Berglund and Watson 2016, "Analyzing Matching Time Behavior of Backtracking Regular
 *   Expression Matchers by Using Ambiguity of NFA", CIAA 2016
 */

import { endOfClass } from "./class-end.ts";
import { type Ahead, beforeCharacter, beforeChoice, END, waysLookedAt } from "./lookahead-ways.ts";

/** What a part takes at one place; may be infinite. */
interface Cost {
  /** To find all its ways. */
  readonly steps: number;
  /** In which it can match there, as far as others would be tried. */
  readonly ways: number;
}

/** A part of an expression. */
interface Part {
  /** Whether there are texts where it does not match, not even the empty text. */
  readonly canFail: boolean;
  /** @param length of the text */
  readonly cost: (length: number, restCanFail: boolean) => Cost;
  /**
   * The place before the part, by the one behind it.
   *
   * @param visit takes each place before a character or alternatives
   */
  readonly ahead: (rest: Ahead, visit: (place: Ahead) => void) => Ahead;
}

/** Rounds up to which engines write a repetition out, one after the other. */
const LONGEST_ROW = 3;

const ATOM: Part = {
  canFail: true,
  cost: () => ({ steps: 1, ways: 1 }),
  ahead: (rest, visit) => visited(beforeCharacter(rest), visit),
};

/** A reference to a group compares as many characters as that has taken. */
const REFERENCE: Part = {
  canFail: true,
  cost: (length) => ({ steps: 1 + length, ways: 1 }),
  ahead: ({ least }) => ({ ...END, least }),
};

/**
 * @param source an expression that RegExp takes with the flag v
 * @returns the most steps that a match at one place of a text takes, by the length of the text
 */
export function searchCost(source: string): (length: number) => number {
  const whole = new PartReader(source).alternatives();
  return (length) => whole.cost(length, false).steps;
}

/**
 * @param source as for `searchCost`
 * @returns how many ways an engine looks along before its first search
 */
export function preparationCost(source: string): number {
  let total = 0;
  new PartReader(source).alternatives().ahead(END, (place) => {
    total += waysLookedAt(place);
  });
  return total;
}

/** Everything between parentheses, classes, escapes and repetitions is an atom. */
class PartReader {
  readonly #source: string;
  #at = 0;
  /** Inside of a lookbehind, where engines match from right to left. */
  #isBackward = false;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Part {
    const choices: Part[] = [];
    let parts: Part[] = [];
    while (this.#at < this.#source.length && this.#source[this.#at] !== ")") {
      if (this.#take(/\|/y) === undefined) parts.push(this.#repeated());
      else {
        choices.push(this.#sequence(parts));
        parts = [];
      }
    }
    return choice([...choices, this.#sequence(parts)]);
  }

  #sequence(parts: readonly Part[]): Part {
    return sequence(this.#isBackward ? parts.toReversed() : parts);
  }

  #repeated(): Part {
    const part = this.#atom();
    const match = this.#take(/(?:([*+?])|\{(\d*)(,?)(\d*)\})\??/y);
    if (match === undefined) return part;
    const [, sign, low = "", comma, high = ""] = match;
    if (sign !== undefined) return repeat(part, sign === "+" ? 1 : 0, sign === "?" ? 1 : Number.POSITIVE_INFINITY);
    const most = high === "" ? Number.POSITIVE_INFINITY : Number(high);
    return repeat(part, Number(low), comma === "" ? Number(low) : most);
  }

  #atom(): Part {
    if (this.#source[this.#at] === "[") {
      this.#at = endOfClass(this.#source, this.#at);
      return ATOM;
    }
    const opening = this.#take(/\((?:\?(?:[=!:]|<[=!]|<\w+>|-?i:))?/y)?.[0];
    if (opening !== undefined) return this.#group(opening);
    if (this.#take(/\\k<\w+>/y) !== undefined) return REFERENCE;
    this.#take(/\\(?:u\{\w+\}|[pP]\{[^}]*\}|.)|[\s\S]/y);
    return ATOM;
  }

  /** What stands behind an opening parenthesis, and the closing one. */
  #group(opening: string): Part {
    const isLookaround = /[=!]$/.test(opening);
    const outside = this.#isBackward;
    if (isLookaround) this.#isBackward = opening.includes("<");
    const body = this.alternatives();
    this.#isBackward = outside;
    this.#at++;
    return isLookaround ? lookaround(body) : body;
  }

  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#source);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }
}

function sequence(parts: readonly Part[]): Part {
  return {
    canFail: parts.some((part) => part.canFail),
    cost: (length, restCanFail) => {
      const lastToFail = restCanFail ? parts.length : parts.findLastIndex((part) => part.canFail);
      let steps = 0;
      let ways = 1;
      for (const [index, part] of parts.entries()) {
        const cost = part.cost(length, index < lastToFail);
        steps += ways * cost.steps;
        ways *= cost.ways;
      }
      return { steps, ways };
    },
    ahead: (rest, visit) => parts.reduceRight((place, part) => part.ahead(place, visit), rest),
  };
}

function choice(parts: readonly Part[]): Part {
  const [first = ATOM] = parts;
  if (parts.length === 1) return first;
  return {
    canFail: parts.every((part) => part.canFail),
    cost: (length, restCanFail) => {
      const costs = parts.map((part) => part.cost(length, restCanFail));
      const sum = (key: keyof Cost) => costs.reduce((total, cost) => total + cost[key], 0);
      return { steps: sum("steps"), ways: restCanFail ? sum("ways") : 1 };
    },
    ahead: (rest, visit) => visited(beforeChoice(parts.map((part) => part.ahead(rest, visit))), visit),
  };
}

function repeat(part: Part, least: number, most: number): Part {
  return {
    canFail: least > 0 && part.canFail,
    cost: (length, restCanFail) => {
      const count = Math.max(least, Math.min(most, length)); // no round beyond the least may match nothing
      const givesBack = restCanFail || (least > 1 && part.canFail);
      const { steps, ways } = part.cost(length, givesBack);
      if (!givesBack) return { steps: (count + 1) * steps, ways: 1 };
      if (ways <= 1) return { steps: (count + 1) * steps, ways: count - least + 1 };
      const rounds = powers(ways, 0, count);
      return { steps: rounds * steps, ways: powers(ways, least, count) };
    },
    ahead: (rest, visit) => {
      const round = (behind: Ahead) => part.ahead(behind, visit);
      const orNone = (behind: Ahead) => visited(beforeChoice([round(behind), rest]), visit);
      if (least > 0) return round(most > 1 ? beforeChoice([END, rest]) : rest);
      if (most > LONGEST_ROW) return orNone(END);
      const isAtom = part === ATOM; // of larger parts one round stands for all, so that rounds of rounds take no time
      return Array.from({ length: isAtom ? most : Math.min(1, most) }).reduce<Ahead>(orNone, rest);
    },
  };
}

/** `base ** from + ... + base ** to`, for a base above 1. */
function powers(base: number, from: number, to: number): number {
  const total = base ** (to + 1);
  return Number.isFinite(total) ? (total - base ** from) / (base - 1) : Number.POSITIVE_INFINITY;
}

/** What a lookaround has matched is never reconsidered. */
function lookaround(body: Part): Part {
  return {
    canFail: true,
    cost: (length) => ({ steps: 1 + body.cost(length, false).steps, ways: 1 }),
    ahead: (rest, visit) => {
      body.ahead(END, visit);
      return rest;
    },
  };
}

function visited(place: Ahead, visit: (place: Ahead) => void): Ahead {
  visit(place);
  return place;
}
