/** Walks through the UTF-8 bytes of a JSON document, to find a part of it where it stands. */
import { decodeUtf8 } from "../../text/utf8.ts";

/** Thrown at what a reader does not expect there; the document may still be right, and is for `JSON.parse` to read. */
export class OtherForm extends Error {}

export const byteOf = (character: string): number => character.charCodeAt(0);

const QUOTE = byteOf('"');
const BACKSLASH = byteOf("\\");
const SPACE = byteOf(" ");
const COMMA = byteOf(",");
const [LINE_FEED, CARRIAGE_RETURN, TAB] = [byteOf("\n"), byteOf("\r"), byteOf("\t")];
const [OPEN_ARRAY, CLOSE_ARRAY] = [byteOf("["), byteOf("]")];
const [OPEN_OBJECT, CLOSE_OBJECT] = [byteOf("{"), byteOf("}")];
/** Stands for the byte behind the last one. */
const END = -1;

export class JsonWalker {
  readonly bytes: Uint8Array;
  /** Where the walk stands. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The byte behind white space; -1 at the end of the document. */
  next(): number {
    const { bytes } = this;
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at] as number; // inside the document
      if (byte !== SPACE && byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== TAB) return byte;
    }
    return END;
  }

  /** Takes a byte behind white space if it comes next. */
  takes(byte: number): boolean {
    const isNext = this.next() === byte;
    if (isNext) this.at++;
    return isNext;
  }

  take(byte: number): void {
    if (!this.takes(byte)) throw new OtherForm();
  }

  takeString(): string {
    this.take(QUOTE);
    const start = this.at - 1;
    this.at = endOfString(this.bytes, this.at) + 1;
    return JSON.parse(decodeUtf8(this.bytes.subarray(start, this.at))) as string;
  }

  /** Passes over a value, without a look at whether it is one. */
  skipValue(): void {
    let depth = 0;
    for (let byte = this.next(); byte !== END; byte = this.next()) {
      if (byte === QUOTE) this.at = endOfString(this.bytes, this.at + 1);
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
      else if (depth === 0 && (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT)) return;
      else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
      this.at++;
    }
  }
}

/** Where the quote stands that ends the string whose contents start at a byte. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at++;
  }
  throw new OtherForm();
}
