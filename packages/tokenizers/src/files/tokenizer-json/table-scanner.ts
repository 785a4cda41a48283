/**
 * Finds the places of the entries of a table, by an automaton over its bytes: engines run its one short loop fast after a few
 * hundred entries, whatever comes later, where code with a branch for each kind of byte is compiled anew at each kind.
 */
import { byteOf, OtherForm } from "./json-walker.ts";

/** Per state and byte the next state, and bits that say what to write. */
export type Transitions = Uint8Array;

/** Two states that no transition leaves. */
const OTHER = 0;
const DONE = 1;
const STATES = 64;
const STATE = STATES - 1;
/** Write the place of the byte. */
const MARK = 64;
/** As its complement, which is negative. */
const ESCAPED = 128;

/** How many places are found at once; entries have 3 or 4. It is few first, so that engines know how the loop ends early. */
const FIRST_PLACES = 12;
const MOST_PLACES = FIRST_PLACES << 7;

export class TableScanner {
  /**
   * The places that `scan` found: of the quotes of each string, and of what else the table marks. That of a quote which ends a
   * string with escapes, or of a mark behind them, is complemented.
   */
  readonly places = new Int32Array(MOST_PLACES);
  /** Where the scan stands; in the end behind the table. */
  at: number;
  readonly #bytes: Uint8Array;
  readonly #transitions: Transitions;
  #state = FIRST;
  #limit = FIRST_PLACES;

  /** @param at behind the bracket that opens the table, which has an entry */
  constructor(bytes: Uint8Array, at: number, transitions: Transitions) {
    this.#bytes = bytes;
    this.at = at;
    this.#transitions = transitions;
  }

  /**
   * Goes on for some entries. Returns how many places they have; 0 when all have been found.
   *
   * @throws {OtherForm} if the table has another form
   */
  scan(): number {
    const { places } = this;
    const bytes = this.#bytes;
    const transitions = this.#transitions;
    let { at } = this;
    let state = this.#state;
    const limit = this.#limit;
    let count = 0;
    while (state > DONE && count < limit && at < bytes.length) {
      const step = transitions[(state << 8) | (bytes[at] as number)] as number; // both are inside
      places[count] = at ^ -(step >> 7);
      count += (step >> 6) & 1;
      state = step & STATE;
      at++;
    }
    this.at = at;
    this.#state = state;
    this.#limit = Math.min(2 * limit, MOST_PLACES);
    if (state === OTHER || (state !== DONE && count < limit)) throw new OtherForm();
    return count;
  }
}

const FIRST = 2;
const WHITE_SPACE = [..." \t\n\r"].map(byteOf);
const DIGITS = [..."0123456789"].map(byteOf);
const QUOTE = byteOf('"');
const BACKSLASH = byteOf("\\");
const SPACE = byteOf(" ");

/** Writes transitions; those that are not written lead to OTHER. */
class Automaton {
  readonly transitions: Transitions = new Uint8Array(STATES << 8);
  #states = FIRST;

  /** A new state, where white space is passed over. */
  between(): number {
    const state = this.#states++;
    this.on(state, WHITE_SPACE, state);
    return state;
  }

  on(from: number, bytes: readonly number[], to: number, marks = 0): this {
    for (const byte of bytes) this.transitions[(from << 8) | byte] = to | marks;
    return this;
  }

  /** Makes a string, from its opening quote to the other one, the way from a state to the next. */
  string(from: number, to: number): void {
    const [plain, escaped] = this.#inside();
    this.on(from, [QUOTE], plain, MARK);
    this.on(plain, [QUOTE], to, MARK).on(escaped, [QUOTE], to, MARK | ESCAPED);
  }

  /** The same of a string with a single space, which is marked. */
  stringWithSpace(from: number, to: number): void {
    const [plain, escaped] = this.#inside();
    const [plainRest, escapedRest] = this.#inside();
    this.on(from, [QUOTE], plain, MARK);
    this.on(plain, [SPACE], plainRest, MARK).on(escaped, [SPACE], escapedRest, MARK | ESCAPED);
    this.on(plainRest, [SPACE], OTHER).on(escapedRest, [SPACE], OTHER);
    this.on(plainRest, [QUOTE], to, MARK).on(escapedRest, [QUOTE], to, MARK | ESCAPED);
  }

  /** The states in a string before an escape and behind one. */
  #inside(): readonly [plain: number, escaped: number] {
    const [plain, escaped, backslash] = [this.#states++, this.#states++, this.#states++];
    for (const state of [plain, escaped]) {
      this.on(state, bytesFrom(SPACE, 0x7f), state).on(state, [BACKSLASH], backslash);
      this.#characters(state);
    }
    this.on(backslash, [...'"\\/bfnrtu'].map(byteOf), escaped);
    return [plain, escaped];
  }

  /** The ways from a state back to itself through the characters of more than one byte. */
  #characters(state: number): void {
    const trailing = (to: number, first = 0x80, last = 0xbf) => {
      this.on(this.#states, bytesFrom(first, last), to);
      return this.#states++;
    };
    const last = trailing(state);
    const lastTwo = trailing(last);
    this.on(state, bytesFrom(0xc2, 0xdf), last);
    this.on(state, [0xe0], trailing(last, 0xa0)).on(state, bytesFrom(0xe1, 0xef), lastTwo);
    this.on(state, [0xed], trailing(last, 0x80, 0x9f)); // without surrogates
    this.on(state, [0xf0], trailing(lastTwo, 0x90)).on(state, bytesFrom(0xf1, 0xf3), trailing(lastTwo));
    this.on(state, [0xf4], trailing(lastTwo, 0x80, 0x8f));
  }
}

function bytesFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const [COMMA, COLON] = [byteOf(","), byteOf(":")];
const [OPEN_ARRAY, CLOSE_ARRAY, CLOSE_OBJECT] = [byteOf("["), byteOf("]"), byteOf("}")];

/** `"a": 0, "b": 1}`, with the place of the first digit and the one behind the last. */
export const INTEGERS_BY_STRING = transitionsOf((automaton) => {
  const key = automaton.between();
  const colon = automaton.between();
  const value = automaton.between();
  const digits = automaton.between();
  const behind = automaton.between();
  automaton.string(key, colon);
  automaton.on(colon, [COLON], value).on(value, DIGITS, digits, MARK);
  automaton.on(digits, DIGITS, digits).on(digits, WHITE_SPACE, behind, MARK);
  automaton.on(digits, [COMMA], key, MARK).on(digits, [CLOSE_OBJECT], DONE, MARK);
  automaton.on(behind, [COMMA], key).on(behind, [CLOSE_OBJECT], DONE);
});

/** `"a b", "c d"]`, with the place of the space. */
export const LINES = transitionsOf((automaton) => {
  const line = automaton.between();
  const behind = automaton.between();
  automaton.stringWithSpace(line, behind);
  automaton.on(behind, [COMMA], line).on(behind, [CLOSE_ARRAY], DONE);
});

/** `["a", "b"], ["c", "d"]]`. */
export const PAIRS = transitionsOf((automaton) => {
  const pair = automaton.between();
  const left = automaton.between();
  const comma = automaton.between();
  const right = automaton.between();
  const close = automaton.between();
  const behind = automaton.between();
  automaton.on(pair, [OPEN_ARRAY], left);
  automaton.string(left, comma);
  automaton.on(comma, [COMMA], right);
  automaton.string(right, close);
  automaton.on(close, [CLOSE_ARRAY], behind);
  automaton.on(behind, [COMMA], pair).on(behind, [CLOSE_ARRAY], DONE);
});

/** @param write makes the state where an entry starts first */
function transitionsOf(write: (automaton: Automaton) => void): Transitions {
  const automaton = new Automaton();
  write(automaton);
  return automaton.transitions;
}
