/**
 * Matches expressions of a simple form faster than engines do: alternatives and sequences of classes, repetitions of a class,
 * optional groups and lookaheads for one character, which split patterns of language models are made of.
 *
 * An automaton keeps the ways that an engine would still try, in their order, and gives up those behind the first that has matched.
 * Which ways are left depends on nothing but those before and the next character, so that each step is worked out once.
 *
 * @see Cox 2010, "Regular Expression Matching in the Wild", https://swtch.com/~rsc/regexp/regexp3.html
 */
import { codePointLength } from "../text/unicode.ts";
import { type Program, type ProgramNode, readProgram } from "./step-program.ts";

export interface Step {
  /** Where the match that starts at a place ends; -1 if there is none. */
  readonly match: (text: string, at: number) => number;
  /** False for UTF-16 code units that no match starts with, not even an empty one in front of them. */
  readonly startsWith: (unit: number) => boolean;
}

/**
 * @param source an expression that RegExp takes with the flag v
 * @returns undefined if it has another form, or no class, which engines are slow with
 */
export function compileStep(source: string): Step | undefined {
  const program = source.includes("[") ? readProgram(source) : undefined;
  return program && new Automaton(program);
}

const NONE = -1;

/** Steps are `2 * state`, and one more if what came before the character is a match. */
const UNKNOWN = -1;
/** The states without a way, and with the whole expression. */
const DEAD = 0;
const START = 1;
/** States are dropped when there are more, which few expressions and texts need. */
const MOST_STATES = 1000;

/** Kinds are sets of characters that the expression does not tell apart. The end of a text is in no set, as some characters are. */
const END = 1;

class Automaton implements Step {
  readonly #program: Program;
  /** By kind the sets that have its characters, as bits; kinds count from 1. */
  readonly #sets = [0, 0];
  readonly #kindBySets = new Map([[0, END]]);
  /** By UTF-16 code unit the kind, 0 where nobody asked yet, and for what may be the half of a pair. */
  readonly #kinds = new Uint16Array(0x10000);
  readonly #otherKinds = new Map<number, number>();
  /** By state the steps by kind. */
  #steps: Int32Array[] = [];
  /** By state the nodes of its ways, in the order in which they are tried, and the other way round. */
  #ways: (readonly number[])[] = [];
  #states = new Map<string, number>();

  constructor(program: Program) {
    this.#program = program;
    this.#forget();
  }

  readonly match = (text: string, at: number): number => {
    const kinds = this.#kinds;
    let state = START;
    let matched = NONE;
    for (let place = at; ; ) {
      const unit = place < text.length ? text.charCodeAt(place) : -1;
      const kind = unit === -1 ? END : kinds[unit] || this.#kindAt(text, place);
      const steps = this.#steps[state] as Int32Array; // of a state that there is
      const known = kind < steps.length ? (steps[kind] as number) : UNKNOWN;
      const step = known === UNKNOWN ? this.#findOut(state, kind) : known;
      if ((step & 1) === 1) matched = place;
      state = step >> 1;
      if (state === DEAD) return matched;
      place += (unit & 0xfc00) === 0xd800 ? codePointLength(text, place) : 1;
    }
  };

  readonly startsWith = (unit: number): boolean =>
    (unit & 0xf800) === 0xd800 || this.#findOut(START, this.#kindAt(String.fromCharCode(unit), 0)) !== 2 * DEAD;

  /** The kind of the character at a place. */
  #kindAt(text: string, at: number): number {
    const codePoint = text.codePointAt(at) as number; // there is one
    const isUnit = codePoint < 0x10000 && (codePoint & 0xf800) !== 0xd800;
    const known = isUnit ? this.#kinds[codePoint] : this.#otherKinds.get(codePoint);
    if (known) return known;
    const character = String.fromCodePoint(codePoint);
    const sets = this.#program.sets.reduce(
      (bits, set, place) => bits | (set.lengthAt(character, 0) > 0 ? 1 << place : 0),
      0,
    );
    const kind = this.#kindBySets.get(sets) ?? this.#sets.push(sets) - 1;
    this.#kindBySets.set(sets, kind);
    if (isUnit) this.#kinds[codePoint] = kind;
    else this.#otherKinds.set(codePoint, kind);
    return kind;
  }

  #findOut(state: number, kind: number): number {
    const { nodes } = this.#program;
    const sets = this.#sets[kind] as number; // kinds are numbers of sets
    const isIn = (set: number) => (sets & (1 << set)) !== 0;
    const next = new Set<number>();
    const seen = new Set<number>();
    /** Whether a way from a node matches before the character. */
    const follow = (at: number): boolean => {
      if (seen.has(at)) return false;
      seen.add(at);
      const node = nodes[at] as ProgramNode; // nodes lead to nodes
      switch (node.kind) {
        case "match":
          return true;
        case "choice":
          return node.ways.some(follow);
        case "lookahead":
          return isIn(node.set) === node.isPositive && follow(node.next);
        case "character":
          if (isIn(node.set)) next.add(node.next);
          return false;
        default:
          return node satisfies never;
      }
    };
    const isMatch = (this.#ways[state] as readonly number[]).some(follow);
    const isFull = this.#ways.length > MOST_STATES;
    if (isFull) this.#forget();
    const step = 2 * this.#stateOf([...next]) + (isMatch ? 1 : 0);
    if (!isFull) this.#keep(state, kind, step);
    return step;
  }

  #keep(state: number, kind: number, step: number): void {
    const known = this.#steps[state] as Int32Array;
    if (kind < known.length) known[kind] = step;
    else {
      const steps = new Int32Array(2 * kind).fill(UNKNOWN);
      steps.set(known);
      steps[kind] = step;
      this.#steps[state] = steps;
    }
  }

  #stateOf(ways: readonly number[]): number {
    const key = ways.join();
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const state = this.#ways.push(ways) - 1;
    this.#steps.push(new Int32Array(16).fill(UNKNOWN));
    this.#states.set(key, state);
    return state;
  }

  #forget(): void {
    this.#steps = [];
    this.#ways = [];
    this.#states = new Map();
    this.#stateOf([]);
    this.#stateOf([this.#program.start]);
  }
}
