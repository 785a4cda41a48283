/**
 * How badly a regular expression of JavaScript may backtrack: the exponent of its time in the length of the text.
 *
 * A repetition gives back what it took, step by step, if what follows it fails. Each such repetition in a row adds one to
 * the exponent, and so does the search for a place to start. A repetition of something that can itself match in several
 * ways takes exponential time. The exponent is an upper bound: which characters overlap is not looked at.
 *
 * @see Weideman, van der Merwe, Berglund and Watson 2016, "Analyzing Matching Time Behavior of Backtracking Regular
 *   Expression Matchers by Using Ambiguity of NFA", CIAA 2016
 */

/** A part of an expression. */
interface Part {
  /** Whether there are texts where it does not match, not even the empty text. */
  readonly canFail: boolean;
  /** Whether it can match in several ways at one place. */
  readonly isAmbiguous: boolean;
  /** How many repetitions may give back in turn, where what follows can fail or cannot. */
  readonly exponent: (restCanFail: boolean) => number;
}

/** Up to so many more than the fewest times, a repetition only costs a constant factor. */
const FEW = 3;

const ATOM: Part = { canFail: true, isAmbiguous: false, exponent: () => 0 };

/** @param source an expression that RegExp takes with the flag v */
export function backtrackingExponent(source: string): number {
  return 1 + new PartReader(source).alternatives().exponent(false);
}

/** Everything between parentheses, classes, escapes and repetitions is an atom. */
class PartReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Part {
    const choices: Part[] = [];
    let parts: Part[] = [];
    while (this.#at < this.#source.length && this.#source[this.#at] !== ")") {
      if (this.#take(/\|/y) === undefined) parts.push(this.#repeated());
      else {
        choices.push(sequence(parts));
        parts = [];
      }
    }
    return choice([...choices, sequence(parts)]);
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
    if (this.#source[this.#at] === "[") return this.#class();
    const opening = this.#take(/\((?:\?(?:[=!:]|<[=!]|<\w+>|-?i:))?/y)?.[0];
    if (opening !== undefined) {
      const body = this.alternatives();
      this.#at++;
      return /[=!]$/.test(opening) ? lookaround(body) : body;
    }
    this.#take(/\\(?:u\{\w+\}|[pP]\{[^}]*\}|k<\w+>|.)|[\s\S]/y);
    return ATOM;
  }

  #class(): Part {
    let depth = 0;
    do {
      const token = this.#take(/\\.|[\s\S]/y)?.[0];
      if (token === "[") depth++;
      else if (token === "]") depth--;
    } while (depth > 0);
    return ATOM;
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
    isAmbiguous: parts.some((part) => part.isAmbiguous),
    exponent: (restCanFail) => {
      let canFail = restCanFail;
      let sum = 0;
      for (const part of parts.toReversed()) {
        sum += part.exponent(canFail);
        canFail ||= part.canFail;
      }
      return sum;
    },
  };
}

function choice(parts: readonly Part[]): Part {
  const [first = ATOM] = parts;
  if (parts.length === 1) return first;
  return {
    canFail: parts.every((part) => part.canFail),
    isAmbiguous: true,
    exponent: (restCanFail) => parts.reduce((most, part) => Math.max(most, part.exponent(restCanFail)), 0),
  };
}

function repeat(part: Part, least: number, most: number): Part {
  return {
    canFail: least > 0 && part.canFail,
    isAmbiguous: least !== most || part.isAmbiguous,
    exponent: (restCanFail) => {
      if (most <= 1) return part.exponent(restCanFail);
      const givesBack = restCanFail || (least > 1 && part.canFail);
      if (!givesBack) return part.exponent(false);
      if (part.isAmbiguous) return Number.POSITIVE_INFINITY;
      return part.exponent(true) + (most - least > FEW ? 1 : 0);
    },
  };
}

/** What a lookaround has matched is never reconsidered, but looked for again from the next start. */
function lookaround(body: Part): Part {
  return {
    canFail: true,
    isAmbiguous: false,
    exponent: (restCanFail) => Math.max(body.exponent(false), restCanFail && body.isAmbiguous ? 1 : 0),
  };
}
