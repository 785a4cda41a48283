/** Finds the matches of an expression in a text, with as little as the engine can be asked for. */
import { nextIndex } from "../pre-tokenizers/character-classes.ts";

export class Matcher {
  readonly #search: RegExp;
  readonly #here: RegExp;

  /**
   * @param source of the expression, for the flag v
   * @throws {SyntaxError} if it is none
   */
  constructor(source: string) {
    this.#search = new RegExp(source, "gv");
    this.#here = new RegExp(source, "yv");
  }

  /** Start and end of each match, all in one list. Behind an empty match the search goes on with the next character. */
  find(text: string): number[] {
    const matches: number[] = [];
    this.findFrom(text, this.findFollowing(text, matches), matches);
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
    const here = this.#here;
    let at = 0;
    while (at <= text.length) {
      check?.();
      here.lastIndex = at;
      if (!here.test(text)) return at;
      at = pushMatch(text, at, here.lastIndex, matches);
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
  findFromPlaceByPlace(text: string, place: number, matches: number[], check: () => void): void {
    const here = this.#here;
    for (let at = place; at <= text.length; ) {
      check();
      here.lastIndex = at;
      at = here.test(text) ? pushMatch(text, at, here.lastIndex, matches) : nextIndex(text, at);
    }
  }
}

/** Returns where the search goes on. */
function pushMatch(text: string, start: number, end: number, matches: number[]): number {
  matches.push(start, end);
  return end === start ? nextIndex(text, end) : end;
}
