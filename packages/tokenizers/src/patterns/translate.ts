/**
 * Translates regular expressions of Oniguruma, which tokenizer.json files are written for, to JavaScript (flag v).
 *
 * What differs: `^` and `$` match at line feeds, but `^` not behind a last one, a dot leaves out the line feed alone, `\w`,
 * `\d`, `\s` and `\b` are those of Unicode, `(?m:…)` lets the dot match all, `(?i:…)` is written out, because engines let
 * it leak out of its group, and possessive quantifiers and atomic groups give nothing back: these become a lookahead that
 * captures, and a reference to what it captured. Groups that may be referred to get names, so that the groups that are added
 * change no number; others capture nothing, which engines are faster with.
 *
 * @see Oniguruma's doc/RE (the syntax)
 */
import { translateClass, translateType } from "./character-class.ts";
import { anyCase } from "./letter-case.ts";
import { literal, PatternReader, UntranslatableError } from "./pattern-reader.ts";
import { LONE_WORD_BODY } from "./properties.ts";

const WORD = `[${LONE_WORD_BODY}]`;
const NOT_WORD = `[^${LONE_WORD_BODY}]`;

/**
 * What escapes stand for that are neither characters nor classes. Lookarounds are positive: a negative one may hold in
 * the middle of a surrogate pair.
 */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["A", "^"],
  ["z", "$"],
  ["Z", "(?=\\n?$)"],
  ["b", `(?:(?<=${WORD})(?=$|${NOT_WORD})|(?<=^|${NOT_WORD})(?=${WORD}))`],
  ["B", `(?:(?<=${WORD})(?=${WORD})|(?<=^|${NOT_WORD})(?=$|${NOT_WORD}))`],
  ["R", "(?:\\r\\n|[\\n\\v\\f\\r\\u0085\\u2028\\u2029])"],
  ["N", "[^\\n]"],
  ["O", "[^]"],
]);

/** The options that hold inside a group. */
interface Mode {
  readonly dotAll: boolean;
  readonly extended: boolean;
  readonly ignoreCase: boolean;
}

/** @throws {UntranslatableError} saying what has no counterpart */
export function translateRegex(source: string): string {
  return new Translator(source).translate();
}

class Translator {
  readonly #reader: PatternReader;
  readonly #hasReferences: boolean;
  #groups = 0;
  #atomics = 0;

  constructor(source: string) {
    this.#reader = new PatternReader(source);
    this.#hasReferences = /\\[k1-9]/.test(source); // or more than there are
  }

  translate(): string {
    const text = this.#alternatives({ dotAll: false, extended: false, ignoreCase: false });
    if (!this.#reader.isAtEnd) throw new UntranslatableError("a parenthesis is closed that was not opened");
    return text;
  }

  /** Everything up to the end of the group, which is not taken. */
  #alternatives(mode: Mode): string {
    let text = "";
    while (!this.#reader.isAtEnd && this.#reader.match(/(?=\))/y) === undefined) {
      if (this.#reader.take("|")) text += "|";
      else if (mode.extended && this.#reader.match(/\s+|#[^\n]*/y) !== undefined) continue;
      else if (this.#reader.match(/\(\?#(?:\\.|[^)])*\)/y) === undefined) text += this.#quantified(mode);
    }
    return text;
  }

  #quantified(mode: Mode): string {
    let text = this.#atom(mode);
    for (;;) {
      const simple = this.#reader.match(/([*+?])([+?]?)/y);
      if (simple !== undefined) {
        const [, quantifier = "", suffix] = simple;
        text = suffix === "+" ? this.#atomic(text + quantifier) : `${text}${simple[0]}`;
      } else {
        const interval = this.#reader.match(/\{(\d+)(,?)(\d*)\}(\??)|\{,(\d+)\}(\??)/y);
        if (interval === undefined) return text;
        const [, low = "0", comma = ",", high = "", lazy = "", upTo, lazyUpTo = ""] = interval;
        const isExact = comma === "" && high === "";
        text += upTo === undefined ? `{${low}${comma}${high}}` : `{0,${upTo}}`;
        text = isExact && lazy !== "" ? `(?:${text})?` : text + lazy + lazyUpTo;
      }
      if (this.#reader.match(/(?=[*+?]|\{\d+,?\d*\}|\{,\d+\})/y) === undefined) return text;
      text = `(?:${text})`;
    }
  }

  #atom(mode: Mode): string {
    if (this.#reader.take("(")) return this.#group(mode);
    if (this.#reader.take("[")) return translateClass(this.#reader, mode.ignoreCase);
    if (this.#reader.take("\\")) return this.#escape(mode);
    const character = this.#reader.next();
    switch (character) {
      case ".":
        return mode.dotAll ? "[^]" : "[^\\n]";
      case "^":
        return "(?:^|(?<=\\n)(?!$))";
      case "$":
        return "(?=$|\\n)";
      case "*":
      case "+":
      case "?":
        throw new UntranslatableError(`nothing stands before ${character}`);
      default:
        return mode.ignoreCase ? anyCase(character) : literal(character);
    }
  }

  #group(mode: Mode): string {
    const around = this.#reader.match(/\?(?::|=|!|<=|<!)/y)?.[0];
    if (around !== undefined) return `(${around}${this.#body(mode)})`;
    if (this.#reader.take("?>")) return this.#atomic(this.#body(mode));
    const options = this.#reader.match(/\?([imx]*)(?:-([imx]*))?([:)])/y);
    if (options !== undefined) return this.#options(mode, options);
    const name = this.#reader.match(/\?<([A-Za-z_]\w*)>/y)?.[1];
    if (name !== undefined) return this.#capturing(`n_${name}`, mode);
    const other = this.#reader.match(/(?:\?.?|\*)/y)?.[0];
    if (other !== undefined) throw new UntranslatableError(`(${other} has no counterpart`);
    this.#groups++;
    return this.#capturing(`g${this.#groups}`, mode);
  }

  #capturing(name: string, mode: Mode): string {
    return `(?${this.#hasReferences ? `<${name}>` : ":"}${this.#body(mode)})`;
  }

  /** `(?i-m:…)`, or `(?i)`, which holds to the end of the group around it. */
  #options(mode: Mode, [, on = "", off = "", end]: RegExpExecArray): string {
    const set = (letter: string, before: boolean) => (on.includes(letter) || before) && !off.includes(letter);
    const inner: Mode = {
      dotAll: set("m", mode.dotAll),
      extended: set("x", mode.extended),
      ignoreCase: set("i", mode.ignoreCase),
    };
    return `(?:${end === ":" ? this.#body(inner) : this.#alternatives(inner)})`;
  }

  #body(mode: Mode): string {
    const text = this.#alternatives(mode);
    if (!this.#reader.take(")")) throw new UntranslatableError("a parenthesis is not closed");
    return text;
  }

  #atomic(text: string): string {
    this.#atomics++;
    return `(?:(?=(?<a${this.#atomics}>${text}))\\k<a${this.#atomics}>)`;
  }

  #escape({ ignoreCase }: Mode): string {
    if (this.#reader.take("w")) return WORD;
    if (this.#reader.take("W")) return NOT_WORD;
    const property = this.#reader.match(/(p)\{(\^?)word\}/iy);
    if (property !== undefined) return (property[1] === "P") === (property[2] === "^") ? WORD : NOT_WORD;
    const type = translateType(this.#reader);
    if (type !== undefined) return `[${type}]`;
    const reference = this.#reader.match(/k<([A-Za-z_]\w*)>|([1-9]\d*)/y);
    if (reference !== undefined) {
      return reference[1] === undefined ? `\\k<g${reference[2]}>` : `\\k<n_${reference[1]}>`;
    }
    const name = this.#reader.match(/[AzZbBRNO]/y)?.[0];
    if (name !== undefined) return ESCAPES.get(name) ?? "";
    const character = this.#reader.escapedCharacter();
    return ignoreCase ? anyCase(character) : literal(character);
  }
}
