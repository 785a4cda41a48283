/** Walks through the text of a JSON document, to read a part of it where it stands. */

/** Thrown at what a reader does not expect there; the document may still be right, and is for `JSON.parse` to read. */
export class OtherForm extends Error {}

export const unitOf = (character: string): number => character.charCodeAt(0);

const QUOTE = unitOf('"');
const BACKSLASH = unitOf("\\");
const SPACE = unitOf(" ");
const COMMA = unitOf(",");
const [LINE_FEED, CARRIAGE_RETURN, TAB] = [unitOf("\n"), unitOf("\r"), unitOf("\t")];
const [OPEN_ARRAY, CLOSE_ARRAY] = [unitOf("["), unitOf("]")];
const [OPEN_OBJECT, CLOSE_OBJECT] = [unitOf("{"), unitOf("}")];
const [ZERO, NINE] = [unitOf("0"), unitOf("9")];
/** More may not fit into an id. */
const MOST_DIGITS = 9;

export class JsonWalker {
  readonly text: string;
  /** Where the walk stands. */
  at: number;
  /** The contents of the last string: units `[start, end)`, and whether escapes stand there for other characters. */
  start = 0;
  end = 0;
  isEscaped = false;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  /** The code unit behind white space; NaN at the end of the text. */
  next(): number {
    for (; ; this.at++) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== SPACE && unit !== LINE_FEED && unit !== CARRIAGE_RETURN && unit !== TAB) return unit;
    }
  }

  /** Takes a code unit behind white space if it comes next. */
  takes(unit: number): boolean {
    const isNext = this.next() === unit;
    if (isNext) this.at++;
    return isNext;
  }

  take(unit: number): void {
    if (!this.takes(unit)) throw new OtherForm();
  }

  /** Takes a string, of which `start`, `end` and `isEscaped` tell. */
  takeString(): void {
    this.take(QUOTE);
    const { text } = this;
    this.start = this.at;
    this.isEscaped = false;
    for (let at = this.at; ; at++) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        this.end = at;
        this.at = at + 1;
        return;
      }
      if (unit === BACKSLASH) {
        this.isEscaped = true;
        at++;
      } else if (!(unit >= SPACE)) throw new OtherForm(); // a control character, or the end
    }
  }

  /** The last string; a copy, which does not keep the document in memory. */
  string(): string {
    const { text, start, end } = this;
    if (!this.isEscaped && end - start <= LONGEST_COPY) return text.slice(start, end);
    const string: unknown = JSON.parse(text.slice(start - 1, end + 1));
    if (typeof string !== "string" || !string.isWellFormed()) throw new OtherForm();
    return string;
  }

  /** Takes an integer of few digits. */
  takeInteger(): number {
    const first = this.next();
    const start = this.at;
    let value = 0;
    for (let unit = first; unit >= ZERO && unit <= NINE; unit = this.text.charCodeAt(++this.at)) {
      value = 10 * value + unit - ZERO;
    }
    const digits = this.at - start;
    if (digits === 0 || digits > MOST_DIGITS || (first === ZERO && digits > 1)) throw new OtherForm();
    return value;
  }

  /** Passes over a value, without a look at whether it is one. */
  skipValue(): void {
    let depth = 0;
    for (let unit = this.next(); !Number.isNaN(unit); unit = this.next()) {
      if (unit === QUOTE) this.#skipString();
      else if (unit === OPEN_ARRAY || unit === OPEN_OBJECT) depth++;
      else if (depth === 0 && (unit === COMMA || unit === CLOSE_ARRAY || unit === CLOSE_OBJECT)) return;
      else if (unit === CLOSE_ARRAY || unit === CLOSE_OBJECT) depth--;
      this.at++;
    }
  }

  /** Goes on to the quote that ends a string. */
  #skipString(): void {
    for (let quote = this.text.indexOf('"', this.at + 1); quote !== -1; quote = this.text.indexOf('"', quote + 1)) {
      let backslashes = 0;
      while (this.text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
      this.at = quote;
      if (backslashes % 2 === 0) return;
    }
    throw new OtherForm();
  }
}

/** Engines copy such short parts of a text; longer ones point into it. */
const LONGEST_COPY = 12;
