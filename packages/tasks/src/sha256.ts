/** SHA-256 in hexadecimal (FIPS 180-4), by the platform where it offers it: pages without HTTPS do not have Web Crypto. */

/** The SHA-256 of some bytes, lower-case hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const isPlain = bytes.buffer instanceof ArrayBuffer;
  const subtle = isPlain ? globalThis.crypto?.subtle : undefined;
  if (subtle === undefined) return sha256InScript(bytes);
  return toHex(new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
}

const BLOCK_BYTES = 64;
const ROUNDS = 64;

/** @internal The same in plain TypeScript. */
export function sha256InScript(bytes: Uint8Array): string {
  const state = fractions(primes(8), Math.sqrt);
  const constants = fractions(primes(ROUNDS), Math.cbrt);
  const schedule = new Int32Array(ROUNDS);
  const whole = bytes.length - (bytes.length % BLOCK_BYTES);
  addBlocks(state, constants, schedule, bytes, whole);
  const end = ending(bytes.subarray(whole), bytes.length);
  addBlocks(state, constants, schedule, end, end.length);
  const digest = new DataView(new ArrayBuffer(32));
  for (const [index, word] of state.entries()) digest.setInt32(4 * index, word);
  return toHex(new Uint8Array(digest.buffer));
}

/** The last bytes, a one bit, zeros, and the length in bits. */
function ending(rest: Uint8Array, length: number): Uint8Array {
  const end = new Uint8Array(rest.length + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES);
  end.set(rest);
  end[rest.length] = 0x80;
  new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(length) * 8n);
  return end;
}

function addBlocks(state: Int32Array, constants: Int32Array, w: Int32Array, bytes: Uint8Array, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < length; at += BLOCK_BYTES) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < ROUNDS; i++) {
      const early = w[i - 15]!;
      const late = w[i - 2]!;
      const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
      const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
      w[i] = w[i - 16]! + s0 + w[i - 7]! + s1;
    }
    addBlock(state, constants, w);
  }
}

function addBlock(state: Int32Array, constants: Int32Array, w: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < ROUNDS; i++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const next = (h + sum1 + ((e & f) ^ (~e & g)) + constants[i]! + w[i]!) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + next) | 0;
    d = c;
    c = b;
    b = a;
    a = (next + sum0 + majority) | 0;
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = state[index]! + word;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

/** The first 32 bits behind the point of a root of each number. */
function fractions(numbers: readonly number[], root: (value: number) => number): Int32Array {
  return Int32Array.from(numbers, (number) => ((root(number) % 1) * 2 ** 32) | 0);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
