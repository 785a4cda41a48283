/** Strings as UTF-8 and back, in which half a surrogate pair has three bytes of its own, so that it equals nothing else. */

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of bytes; what is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/** Writes texts one after the other into bytes that stay where they are as long as they suffice. */
export class Utf8Writer {
  bytes = new Uint8Array(1024);

  /** Writes units `[start, end)` of a text. Returns how many bytes that are. */
  write(text: string, start: number, end: number): number {
    if (LONGEST_UNIT * (end - start) > this.bytes.length) this.bytes = new Uint8Array(2 * LONGEST_UNIT * (end - start));
    let length = 0;
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at);
      if (unit < 0x80) this.bytes[length++] = unit;
      else {
        const codePoint = at + 1 < end ? (text.codePointAt(at) as number) : unit; // the text goes on
        length = this.#push(codePoint, length);
        if (codePoint > 0xffff) at++;
      }
    }
    return length;
  }

  #push(codePoint: number, at: number): number {
    const { bytes } = this;
    let length = at;
    if (codePoint < 0x800) bytes[length++] = 0xc0 | (codePoint >> 6);
    else {
      if (codePoint < 0x10000) bytes[length++] = 0xe0 | (codePoint >> 12);
      else {
        bytes[length++] = 0xf0 | (codePoint >> 18);
        bytes[length++] = 0x80 | ((codePoint >> 12) & 0x3f);
      }
      bytes[length++] = 0x80 | ((codePoint >> 6) & 0x3f);
    }
    bytes[length++] = 0x80 | (codePoint & 0x3f);
    return length;
  }
}

/** A UTF-16 code unit takes so many bytes at most. */
const LONGEST_UNIT = 3;

const shared = new Utf8Writer();

/** The bytes of a text. */
export function encodeUtf8(text: string): Uint8Array {
  const length = shared.write(text, 0, text.length);
  return shared.bytes.slice(0, length);
}

/** How many UTF-16 code units a character has that starts with a byte; 0 for the bytes that go on with one. */
export function unitsFrom(byte: number): 0 | 1 | 2 {
  if ((byte & 0xc0) === 0x80) return 0;
  return byte < 0xf0 ? 1 : 2;
}

/** The character that starts at a byte. */
export function codePointAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return first;
  const second = (bytes[at + 1] as number) & 0x3f;
  if (first < 0xe0) return ((first & 0x1f) << 6) | second;
  const third = (bytes[at + 2] as number) & 0x3f;
  if (first < 0xf0) return ((first & 0xf) << 12) | (second << 6) | third;
  return ((first & 0x7) << 18) | (second << 12) | (third << 6) | ((bytes[at + 3] as number) & 0x3f);
}
