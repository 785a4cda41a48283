/**
 * Matches expressions of a simple form faster than engines do: alternatives and sequences of classes, repetitions of a
 * class, optional groups and lookaheads, which split patterns of language models are made of. Each part is a function that
 * knows what follows it, and tries its ways in the order in which engines do.
 */
import { CharacterSet } from "./character-set.ts";
import { endOfClass } from "./class-end.ts";

export interface Step {
  /** Where the match that starts at a place ends; -1 if there is none. */
  readonly match: (text: string, at: number) => number;
  /** False for UTF-16 code units that no match starts with, not even an empty one in front of them. */
  readonly startsWith: (unit: number) => boolean;
}

/** Makes the step of a part from the step of what follows it. */
type Part = (next: Step) => Step;

const NONE = -1;
const ACCEPT: Step = { match: (_, at) => at, startsWith: () => true };

/**
 * @param source an expression that RegExp takes with the flag v
 * @returns undefined if it has another form, or no class, which engines are slow with
 */
export function compileStep(source: string): Step | undefined {
  return source.includes("[") ? new StepReader(source).read() : undefined;
}

/** Thrown at what has another form. */
class OtherForm extends Error {}

class StepReader {
  readonly #source: string;
  readonly #sets = new Map<string, CharacterSet>();
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Step | undefined {
    try {
      return this.#alternatives()(ACCEPT);
    } catch (error) {
      if (error instanceof OtherForm) return undefined;
      throw error;
    }
  }

  /** Everything up to the end of the group, which is not taken. */
  #alternatives(): Part {
    const choices: Part[] = [];
    do {
      const parts: Part[] = [];
      while (this.#at < this.#source.length && this.#take(/(?=[|)])/y) === undefined) parts.push(this.#part());
      choices.push((next) => parts.reduceRight((behind, part) => part(behind), next));
    } while (this.#take(/\|/y) !== undefined);
    const [only] = choices;
    return choices.length === 1 && only !== undefined ? only : choiceOf(choices);
  }

  #part(): Part {
    const opening = this.#take(/\(\?([:=!])/y)?.[1];
    if (opening !== undefined) return this.#group(opening);
    const set = this.#setOf(this.#atom());
    const match = this.#take(/([*+?])|\{(\d+)(,?)(\d*)\}/y);
    if (this.#take(/[?*+{]/y) !== undefined) throw new OtherForm();
    if (match === undefined) return one(set);
    const [, sign, low = "", comma, high = ""] = match;
    if (sign !== undefined) return repeat(set, sign === "+" ? 1 : 0, sign === "?" ? 1 : Number.POSITIVE_INFINITY);
    const most = high === "" ? Number.POSITIVE_INFINITY : Number(high);
    return repeat(set, Number(low), comma === "" ? Number(low) : most);
  }

  #group(kind: string): Part {
    const body = this.#alternatives();
    if (this.#take(/\)/y) === undefined) throw new OtherForm();
    const isOptional = kind === ":" && this.#take(/\?/y) !== undefined;
    if (this.#take(/[?*+{]/y) !== undefined) throw new OtherForm();
    if (isOptional) return optional(body);
    return kind === ":" ? body : lookahead(body, kind === "=");
  }

  /** The source of a class, an escape or a literal. */
  #atom(): string {
    const start = this.#at;
    if (this.#source[start] === "[") this.#at = endOfClass(this.#source, start);
    else if (
      this.#take(/\\(?:u\{\w+\}|u[0-9A-Fa-f]{4}|[pP]\{[^}]*\}|[^0-9A-Za-z]|[nrtvf])|[^\\^$.()]/uy) === undefined
    ) {
      throw new OtherForm();
    }
    return this.#source.slice(start, this.#at);
  }

  #setOf(source: string): CharacterSet {
    const set = this.#sets.get(source) ?? new CharacterSet(source);
    this.#sets.set(source, set);
    return set;
  }

  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#source);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }
}

function one(set: CharacterSet): Part {
  return ({ match }) => ({
    match: (text, at) => {
      const length = set.lengthAt(text, at);
      return length === 0 ? NONE : match(text, at + length);
    },
    startsWith: (unit) => set.startsWith(unit),
  });
}

/** Takes as many characters as there are, at most `most`, and gives them back one by one until what follows matches. */
function repeat(set: CharacterSet, least: number, most: number): Part {
  return (next) => ({
    match: least <= 1 && most === Number.POSITIVE_INFINITY ? run(set, least, next) : counted(set, least, most, next),
    startsWith: (unit) => set.startsWith(unit) || (least === 0 && next.startsWith(unit)),
  });
}

function counted(set: CharacterSet, least: number, most: number, { match }: Step): Step["match"] {
  return (text, at) => {
    let count = 0;
    let end = at;
    for (; count < most; count++) {
      const length = set.lengthAt(text, end);
      if (length === 0) break;
      end += length;
    }
    for (; count >= least; count--) {
      const matched = match(text, end);
      if (matched !== NONE) return matched;
      end = previousIndex(text, end, at);
    }
    return NONE;
  };
}

/** The same without an upper limit, and `least` of 0 or 1, so that nothing need be counted. */
function run(set: CharacterSet, least: number, { match }: Step): Step["match"] {
  return (text, at) => {
    for (let end = set.endOfRun(text, at); end > at; end = previousIndex(text, end, at)) {
      const matched = match(text, end);
      if (matched !== NONE) return matched;
    }
    return least === 0 ? match(text, at) : NONE;
  };
}

/** So many alternatives have a bit each in a byte, beside one that says that the byte is known. */
const MOST_CHOICES = 7;
const KNOWN = 1 << MOST_CHOICES;

/** Tries, in their order, the alternatives that may start with the unit at a place. */
function choiceOf(parts: readonly Part[]): Part {
  if (parts.length > MOST_CHOICES) {
    return choiceOf([...parts.slice(0, MOST_CHOICES - 1), choiceOf(parts.slice(MOST_CHOICES - 1))]);
  }
  return (next) => {
    const steps = parts.map((part) => part(next));
    const all = steps.map(({ match }) => match);
    const masks = new Uint8Array(0x10000); // by unit, when it is first met
    const chosen: Step["match"][][] = []; // by mask
    const maskOf = (unit: number) => {
      const known = masks[unit] as number;
      if (known !== 0) return known;
      const mask = steps.reduce((bits, step, place) => bits | (step.startsWith(unit) ? 1 << place : 0), KNOWN);
      chosen[mask] ??= all.filter((_, place) => (mask & (1 << place)) !== 0);
      masks[unit] = mask;
      return mask;
    };
    return {
      match: (text, at) => {
        const matches = at < text.length ? (chosen[maskOf(text.charCodeAt(at))] ?? all) : all;
        for (let i = 0; i < matches.length; i++) {
          const matched = (matches[i] as Step["match"])(text, at);
          if (matched !== NONE) return matched;
        }
        return NONE;
      },
      startsWith: (unit) => maskOf(unit) !== KNOWN,
    };
  };
}

/** Takes the body, if that matches more than nothing, or nothing. */
function optional(body: Part): Part {
  return (next) => {
    let start = 0; // no part comes round to itself, so that one place is enough
    const taken = body({ ...next, match: (text, at) => (at === start ? NONE : next.match(text, at)) });
    return {
      match: (text, at) => {
        start = at;
        const matched = taken.match(text, at);
        return matched === NONE ? next.match(text, at) : matched;
      },
      startsWith: (unit) => taken.startsWith(unit) || next.startsWith(unit),
    };
  };
}

function lookahead(body: Part, isPositive: boolean): Part {
  const test = body(ACCEPT);
  return ({ match, startsWith }) => ({
    match: (text, at) => ((test.match(text, at) !== NONE) === isPositive ? match(text, at) : NONE),
    startsWith,
  });
}

/** Where the character before `end` starts, which started at `start` or later. */
function previousIndex(text: string, end: number, start: number): number {
  const isPair = end - start > 1 && (text.codePointAt(end - 2) ?? 0) > 0xffff;
  return isPair ? end - 2 : end - 1;
}
