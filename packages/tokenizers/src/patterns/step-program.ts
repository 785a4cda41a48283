/** Reads an expression of a simple form as a program: what to do with a character, and what comes then. */
import { CharacterSet } from "./character-set.ts";
import { endOfClass } from "./class-end.ts";

/**
 * @param source an expression that RegExp takes with the flag v
 * @returns undefined if it has another form
 */
export function readProgram(source: string): Program | undefined {
  try {
    return new ProgramReader(source).read();
  } catch (error) {
    if (error instanceof OtherForm) return undefined;
    throw error;
  }
}

/** Thrown at what has another form. */
class OtherForm extends Error {}

/** A part of an expression, from which others follow. */
export type ProgramNode =
  | { readonly kind: "match" }
  | { readonly kind: "character"; readonly set: number; readonly next: number }
  | { readonly kind: "lookahead"; readonly set: number; readonly isPositive: boolean; readonly next: number }
  /** Ways to be tried in this order. */
  | { readonly kind: "choice"; readonly ways: readonly number[] };

export interface Program {
  readonly nodes: readonly ProgramNode[];
  readonly start: number;
  readonly sets: readonly CharacterSet[];
}

interface Part {
  /** Makes the nodes from the node of what follows, and returns the first. */
  readonly make: (next: number) => number;
  /** Whether it can match without a character. */
  readonly canBeEmpty: boolean;
}

/** Repetitions are written out, and sets are bits. */
const MOST_NODES = 1000;
const MOST_SETS = 30;

class ProgramReader {
  readonly #source: string;
  readonly #sets = new Map<string, number>();
  readonly #nodes: ProgramNode[] = [];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** @throws {OtherForm} */
  read(): Program {
    const whole = this.#alternatives();
    const start = whole.make(this.#add({ kind: "match" }));
    return { nodes: this.#nodes, start, sets: Array.from(this.#sets.keys(), (source) => new CharacterSet(source)) };
  }

  /** Everything up to the end of the group, which is not taken. */
  #alternatives(): Part {
    const choices: Part[] = [];
    do {
      const parts: Part[] = [];
      while (this.#at < this.#source.length && this.#take(/(?=[|)])/y) === undefined) parts.push(this.#part());
      choices.push({
        make: (next) => parts.reduceRight((behind, part) => part.make(behind), next),
        canBeEmpty: parts.every(({ canBeEmpty }) => canBeEmpty),
      });
    } while (this.#take(/\|/y) !== undefined);
    return {
      make: (next) => this.#choice(choices.map((choice) => choice.make(next))),
      canBeEmpty: choices.some(({ canBeEmpty }) => canBeEmpty),
    };
  }

  #part(): Part {
    const opening = this.#take(/\(\?([:=!])/y)?.[1];
    if (opening !== undefined) return opening === ":" ? this.#group() : this.#lookahead(opening === "=");
    const set = this.#setOf(this.#atom());
    const match = this.#take(/([*+?])|\{(\d+)(,?)(\d*)\}/y);
    if (this.#take(/[?*+{]/y) !== undefined) throw new OtherForm();
    if (match === undefined) return this.#repeated(set, 1, 1);
    const [, sign, low = "", comma, high = ""] = match;
    if (sign !== undefined)
      return this.#repeated(set, sign === "+" ? 1 : 0, sign === "?" ? 1 : Number.POSITIVE_INFINITY);
    const most = high === "" ? Number.POSITIVE_INFINITY : Number(high);
    return this.#repeated(set, Number(low), comma === "" ? Number(low) : most);
  }

  #group(): Part {
    const body = this.#alternatives();
    if (this.#take(/\)/y) === undefined) throw new OtherForm();
    const isOptional = this.#take(/\?/y) !== undefined;
    if (this.#take(/[?*+{]/y) !== undefined) throw new OtherForm();
    if (!isOptional) return body;
    if (body.canBeEmpty) throw new OtherForm(); // engines pass over the ways of such a body that match nothing
    return { make: (next) => this.#choice([body.make(next), next]), canBeEmpty: true };
  }

  #lookahead(isPositive: boolean): Part {
    if (this.#take(/(?=\|)/y) !== undefined) throw new OtherForm();
    const set = this.#setOf(this.#atom());
    if (this.#take(/\)/y) === undefined || this.#take(/[?*+{]/y) !== undefined) throw new OtherForm();
    return { make: (next) => this.#add({ kind: "lookahead", set, isPositive, next }), canBeEmpty: true };
  }

  /** As many characters of a set as there are, `least` to `most`. */
  #repeated(set: number, least: number, most: number): Part {
    const one = (next: number) => this.#add({ kind: "character", set, next });
    const make = (next: number) => {
      let first = next;
      if (most === Number.POSITIVE_INFINITY) {
        const again = { kind: "character" as const, set, next };
        first = this.#choice([this.#add(again), next]);
        again.next = first;
      } else for (let count = least; count < most; count++) first = this.#choice([one(first), next]);
      for (let count = 0; count < least; count++) first = one(first);
      return first;
    };
    return { make, canBeEmpty: least === 0 };
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

  #setOf(source: string): number {
    const set = this.#sets.get(source) ?? this.#sets.size;
    if (set === MOST_SETS) throw new OtherForm();
    this.#sets.set(source, set);
    return set;
  }

  #choice(ways: readonly number[]): number {
    const [only] = ways;
    return ways.length === 1 && only !== undefined ? only : this.#add({ kind: "choice", ways });
  }

  #add(node: ProgramNode): number {
    if (this.#nodes.length === MOST_NODES) throw new OtherForm();
    return this.#nodes.push(node) - 1;
  }

  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#source);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }
}
