/** Reads a regular expression from left to right, and the characters that escapes stand for. */

/** A regular expression that cannot be translated; the message says why, and goes into another one. */
export class UntranslatableError extends Error {
  override readonly name = "UntranslatableError";
}

const CONTROL_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["t", "\t"],
  ["n", "\n"],
  ["r", "\r"],
  ["f", "\f"],
  ["v", "\v"],
  ["a", "\x07"],
  ["e", "\x1b"],
  ["0", "\0"],
]);

export class PatternReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  /** Takes what the sticky expression matches here; undefined if it does not match. */
  match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#source);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  /** Takes this text if it is here. */
  take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** Takes one code point. */
  next(): string {
    const codePoint = this.#source.codePointAt(this.#at);
    if (codePoint === undefined) throw new UntranslatableError("it ends too early");
    const character = String.fromCodePoint(codePoint);
    this.#at += character.length;
    return character;
  }

  /** The character that an escape stands for, behind its backslash. */
  escapedCharacter(): string {
    const hex = this.match(/x\{([0-9A-Fa-f]{1,8})\}|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})/y);
    if (hex !== undefined) return fromHex(hex[1] ?? hex[2] ?? hex[3] ?? "");
    const control = this.match(/c([A-Za-z])|C-([A-Za-z])/y);
    if (control !== undefined) return String.fromCharCode((control[1] ?? control[2] ?? "").charCodeAt(0) & 0x1f);
    const character = this.next();
    const escaped = CONTROL_ESCAPES.get(character);
    if (escaped !== undefined) return escaped;
    if (/[A-Za-z0-9]/.test(character)) throw new UntranslatableError(`\\${character} has no counterpart`);
    return character;
  }
}

/** The character as it may stand anywhere in an expression with the flag v. */
export function literal(character: string): string {
  if (/[\p{L}\p{N}_ ]/u.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function fromHex(digits: string): string {
  const codePoint = Number.parseInt(digits, 16);
  if (codePoint > 0x10ffff) throw new UntranslatableError(`there is no character ${digits}`);
  return String.fromCodePoint(codePoint);
}
