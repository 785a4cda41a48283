/** Triples of float32 whose fused multiply-add is easily rounded wrong, among ordinary and special ones. */
import { Rng } from "../src/index.ts";

export interface Triples {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly c: Float32Array;
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

function floatOf(bits: number): number {
  word[0] = bits;
  return float[0]!;
}

function bitsOf(value: number): number {
  float[0] = value;
  return word[0]!;
}

/** A random significand and sign with an exponent in `[low, low + span)`. */
function scaled(random: number, exponents: number, low: number, span: number): number {
  return floatOf((random & 0x807fffff) + ((low + 127 + (exponents % span)) << 23));
}

const SPECIAL = [
  0, 0x80000000, 1, 0x80000001, 0x007fffff, 0x00800000, 0x80800000, 0x3f800000, 0xbf800000, 0x3f800001, 0x7f7fffff,
  0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x33800000,
].map(floatOf);

/** Makes a triple of six random words. */
type Kind = (r: number, s: number, t: number, u: number, v: number, w: number) => readonly [number, number, number];

const kinds: Readonly<Record<string, Kind>> = {
  "any bits": (r, s, t) => [floatOf(r), floatOf(s), floatOf(t)],
  "as in a network": (r, s, t, u, v, w) => [scaled(r, u, -8, 12), scaled(s, v, -8, 12), scaled(t, w, -12, 20)],
  "a product of about half the last place of c": (r, s, t, u) => {
    const c = scaled(r, u, -60, 120);
    const exponent = (bitsOf(c) >>> 23) & 255;
    const b = floatOf(((exponent - 24) << 23) + (s & 7) - (t & 7));
    return [floatOf(0x3f800000 + ((s >> 4) & 7) - ((t >> 4) & 7)), u & 256 ? -b : b, c];
  },
  "a product next to half the last place of c, by less than float64 holds": (r, s, _t, u) => {
    const c = scaled(r, u, -60, 120);
    const exponent = (bitsOf(c) >>> 23) & 255;
    const steps = 1 + (s & 63);
    const b = floatOf(((exponent - 24) << 23) - 2 * steps);
    return [floatOf(0x3f800000 + steps), s & 256 ? -b : b, c];
  },
  "denormal results and their neighbours": (r, s, t, u, v, w) => {
    const k = (u & 63) - 31;
    const short = (value: number, bit: number) => (w & bit ? floatOf(bitsOf(value) & 0xff800007) : value);
    return [short(scaled(r, 0, k - 30, 1), 1), short(scaled(s, v, -121 - k, 4), 2), floatOf(t & 0x80ffffff)];
  },
  "tiny products": (r, s, t, u, v, w) => [
    scaled(r, u, -110, 60),
    scaled(s, v, -110, 60),
    floatOf(w & 1 ? t & 0x80000000 : t & 0x81ffffff),
  ],
  overflow: (r, s, t, u, v, w) =>
    w & 1
      ? [floatOf(0x7f7fffff - (u & 3)), floatOf(0x3f800000 + (v & 3)), floatOf(0x73000000 + (r & 3) - 1)]
      : [scaled(r, u, 60, 6), scaled(s, v, 60, 6), scaled(t, w, 100, 28)],
  "all but cancelling": (r, s, _t, u, v, w) => {
    const [a, b] = [scaled(r, u, -20, 40), scaled(s, v, -20, 40)];
    return [a, b, floatOf(bitsOf(-(a * b)) + (w & 1 ? 0 : (w >> 8) % 3) - 1)];
  },
  "few bits": (r, s, t) => [(r & 0x1fff) - 4096, ((s & 0x1fff) - 4096) / 4096, (t & 0xffffff) - 0x800000],
  "special numbers": (r, s, t) => [SPECIAL[r & 15]!, SPECIAL[s & 15]!, SPECIAL[t & 15]!],
  "special and any": (r, s, t) => [SPECIAL[r & 15]!, floatOf(s), SPECIAL[t & 15]!],
};

/** `count` triples of each kind. */
export function hardTriples(count: number): Triples {
  const all = Object.entries(kinds).flatMap(([name, make]) => {
    const stream = new Rng(5).stream(name);
    return Array.from({ length: count }, (_, i) => {
      const words = [0, 1, 2, 3, 4, 5].map((which) => stream.uint32At(i, which));
      return make(...(words as [number, number, number, number, number, number]));
    });
  });
  const column = (which: 0 | 1 | 2) => Float32Array.from(all, (triple) => triple[which]);
  return { a: column(0), b: column(1), c: column(2) };
}
