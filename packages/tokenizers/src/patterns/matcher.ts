/** Finds the matches of an expression in a text, with as little as the engine can be asked for. */
import { nextIndex } from "../pre-tokenizers/character-classes.ts";
import { compileStep, type Step } from "./step.ts";

const MAYBE = 1;
const NEVER = 2;

export class Matcher {
  readonly #search: RegExp;
  readonly #here: RegExp;
  /** For expressions that need no engine. */
  readonly #step: Step | undefined;
  /** Per UTF-16 code unit whether a match may start with it, MAYBE or NEVER; 0 where nobody asked yet. */
  readonly #starts = new Uint8Array(0x10000);

  /**
   * @param source of the expression, for the flag v
   * @throws {SyntaxError} if it is none
   */
  constructor(source: string) {
    this.#search = new RegExp(source, "gv");
    this.#here = new RegExp(source, "yv");
    this.#step = compileStep(source);
  }

  /** Start and end of each match, all in one list. Behind an empty match the search goes on with the next character. */
  find(text: string): number[] {
    const matches: number[] = [];
    if (this.#step !== undefined) this.findFromPlaceByPlace(text, 0, matches);
    else this.findFrom(text, this.findFollowing(text, matches), matches);
    return matches;
  }

  /**
   * Appends the matches that follow each other from the start of the text on. It is enough to ask whether there is one here:
   * an engine that need not say where a match starts makes no objects.
   *
   * @param check called before each, to stop by what it throws. Default: nothing
   * @returns where none is, behind the last; beyond the end if all of the text was looked at
   */
  findFollowing(text: string, matches: number[], check?: () => void): number {
    let at = 0;
    while (at <= text.length) {
      check?.();
      const end = this.#endAt(text, at);
      if (end === -1) return at === text.length ? at + 1 : at; // nothing is left to look at
      at = pushMatch(text, at, end, matches);
    }
    return at;
  }

  /** Appends the matches from a place on. */
  findFrom(text: string, place: number, matches: number[]): void {
    const search = this.#search;
    const here = this.#here;
    let follows = false;
    for (let at = place; at <= text.length; ) {
      here.lastIndex = at;
      if (follows && here.test(text)) at = pushMatch(text, at, here.lastIndex, matches);
      else {
        search.lastIndex = at;
        const match = search.exec(text);
        if (match === null) break;
        follows = match.index === at;
        at = pushMatch(text, match.index, search.lastIndex, matches);
      }
    }
  }

  /** The same, with a look at each place of its own. @param check as for `findFollowing` */
  findFromPlaceByPlace(text: string, place: number, matches: number[], check?: () => void): void {
    for (let at = this.#nextStart(text, place); at <= text.length; at = this.#nextStart(text, at)) {
      check?.();
      const end = this.#endAt(text, at);
      at = end === -1 ? nextIndex(text, at) : pushMatch(text, at, end, matches);
    }
  }

  /** The first place from `at` on where a match may start. */
  #nextStart(text: string, place: number): number {
    const step = this.#step;
    if (step === undefined) return place;
    const starts = this.#starts;
    for (let at = place; ; at++) {
      while (at < text.length && starts[text.charCodeAt(at)] === NEVER) at++;
      if (at >= text.length) return at;
      const unit = text.charCodeAt(at);
      if (starts[unit] === 0) starts[unit] = step.startsWith(unit) ? MAYBE : NEVER;
      if (starts[unit] === MAYBE) return at; // surrogates too, of which the first of a pair comes first
    }
  }

  /** Where the match ends that starts at a place, -1 if none does. */
  #endAt(text: string, at: number): number {
    if (this.#step !== undefined) return this.#step.match(text, at);
    this.#here.lastIndex = at;
    return this.#here.test(text) ? this.#here.lastIndex : -1;
  }
}

/** Returns where the search goes on. */
function pushMatch(text: string, start: number, end: number, matches: number[]): number {
  matches.push(start, end);
  return end === start ? nextIndex(text, end) : end;
}
