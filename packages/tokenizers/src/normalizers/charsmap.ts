/**
 * SentencePiece's compiled table of replacements: a double-array trie over UTF-8 bytes, whose leaves point into a list of
 * replacements that end in NUL bytes.
 *
 * Layout: the size of the trie in bytes, the units of the trie, the list; numbers are 32 bits, little endian. A unit
 * holds, from its lowest bit: its label (8 bits), whether its node ends a key (1), whether the offset is in steps of 256
 * (1), and the offset to its children (22); a unit with the top bit set is a leaf, and its other bits are the value.
 *
 * @see Aoe 1989, "An efficient digital search algorithm by using a double-array structure"
 * @see Yata, "Darts-clone: a clone of Darts", the layout of a unit
 */
const LEAF = 0x80000000;

export class Charsmap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;
  readonly #strings = new Map<number, string>();
  #children = 0;

  private constructor(units: Uint32Array, replacements: Uint8Array) {
    this.#units = units;
    this.#replacements = replacements;
  }

  /** @returns the table, or a few words on what is wrong with the bytes */
  static read(bytes: Uint8Array): Charsmap | string {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 4) return `${bytes.length} bytes`;
    const size = view.getUint32(0, true);
    if (size === 0 || size % 4 !== 0 || 4 + size > bytes.length) return `a trie of ${size} in ${bytes.length} bytes`;
    const units = new Uint32Array(size / 4);
    for (let index = 0; index < units.length; index++) units[index] = view.getUint32(4 + 4 * index, true);
    const replacements = bytes.subarray(4 + size);
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(replacements);
    } catch {
      return "replacements that are not UTF-8";
    }
    return new Charsmap(units, replacements);
  }

  /** The replacement of the shortest key that the first `length` of the bytes start with, or undefined. */
  shortestMatch(bytes: Uint8Array, length: number): string | undefined {
    let unit = this.#units[0] ?? 0;
    let node = offsetOf(unit);
    for (let at = 0; at < length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0) return undefined;
      node = (node ^ byte) >>> 0;
      unit = this.#units[node] ?? LEAF;
      if (labelOf(unit) !== byte) return undefined;
      node = (node ^ offsetOf(unit)) >>> 0;
      if (endsKey(unit)) return this.#replacementAt(((this.#units[node] ?? 0) & ~LEAF) >>> 0);
    }
    return undefined;
  }

  /** The replacement of the longest key that a text goes on with at `start`, and where the key ends; or undefined. */
  longestMatch(text: string, start: number): { readonly replacement: string; readonly end: number } | undefined {
    let node = offsetOf(this.#units[0] ?? 0);
    let end = start;
    let value = 0;
    for (let at = start; at < text.length; ) {
      const codePoint = text.codePointAt(at) ?? 0;
      at += codePoint > 0xffff ? 2 : 1;
      const unit = this.#stepOver(codePoint, node);
      if (unit === LEAF) break;
      node = this.#children;
      if (!endsKey(unit)) continue;
      end = at;
      value = ((this.#units[node] ?? 0) & ~LEAF) >>> 0;
    }
    return end === start ? undefined : { replacement: this.#replacementAt(value), end };
  }

  /** Whether a key begins with a code point. */
  hasKeyFrom(codePoint: number): boolean {
    return this.#stepOver(codePoint, offsetOf(this.#units[0] ?? 0)) !== LEAF;
  }

  /** Follows the UTF-8 bytes of a code point; leaves where the children of the last one are in `#children`. */
  #stepOver(codePoint: number, from: number): number {
    if (codePoint === 0) return LEAF;
    this.#children = from;
    if (codePoint < 0x80) return this.#step(codePoint);
    let unit: number;
    if (codePoint < 0x800) unit = this.#step(0xc0 | (codePoint >> 6));
    else {
      if (codePoint < 0x10000) unit = this.#step(0xe0 | (codePoint >> 12));
      else {
        unit = this.#step(0xf0 | (codePoint >> 18));
        if (unit !== LEAF) unit = this.#step(0x80 | ((codePoint >> 12) & 0x3f));
      }
      if (unit !== LEAF) unit = this.#step(0x80 | ((codePoint >> 6) & 0x3f));
    }
    return unit === LEAF ? LEAF : this.#step(0x80 | (codePoint & 0x3f));
  }

  /** The unit that a byte leads to, or LEAF. */
  #step(byte: number): number {
    const node = (this.#children ^ byte) >>> 0;
    const unit = this.#units[node] ?? LEAF;
    if (labelOf(unit) !== byte) return LEAF;
    this.#children = (node ^ offsetOf(unit)) >>> 0;
    return unit;
  }

  #replacementAt(start: number): string {
    const known = this.#strings.get(start);
    if (known !== undefined) return known;
    const end = this.#replacements.indexOf(0, start);
    const bytes = this.#replacements.subarray(start, end === -1 ? this.#replacements.length : end);
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    this.#strings.set(start, text);
    return text;
  }
}

/** Of a leaf it is more than a byte, so that no byte equals it. */
function labelOf(unit: number): number {
  return (unit & (LEAF | 0xff)) >>> 0;
}

function endsKey(unit: number): boolean {
  return (unit & 0x100) !== 0;
}

function offsetOf(unit: number): number {
  const offset = unit >>> 10;
  return (unit & 0x200) === 0 ? offset : (offset << 8) >>> 0;
}
