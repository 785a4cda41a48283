/** Packed data files: damaged, joined, cut short, and small ones that unpack to very much. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { byteMutators } from "../mutate/bytes.ts";
import { bytesOfText } from "../mutate/text.ts";
import { contradict, mustHold, type Target } from "../target.ts";
import { readingOf } from "./data-files.ts";
import { plainText } from "./data-grammar.ts";

const pack = (text: string) => new Uint8Array(gzipSync(bytesOfText(text), { level: 9 }));
const bomb = (unit: string, bytes: number) => new Uint8Array(gzipSync(Buffer.alloc(bytes, unit), { level: 9 }));

/** More than any small file honestly holds. */
const BOMB_BYTES = 30e6;
/** Unpacked here only up to this. */
const COMPARED_BYTES = 4e6;

export const gz: Target = {
  name: "gz",
  about: "data files packed by gzip",
  extension: "gz",
  async open(folder) {
    const packed = join(folder, "data.txt.gz");
    const plain = join(folder, "plain.txt");
    const bombs = ["a", "\n", "a\n"].map((unit) => bomb(unit, BOMB_BYTES));
    return {
      seeds: [
        pack("one\ntwo\nthree\n"),
        new Uint8Array([...pack("one\n"), ...pack("two\n")]),
        new Uint8Array(
          gzipSync(Buffer.from(Array.from({ length: 300 }, (_, i) => `line ${i}`).join("\n")), { level: 1 }),
        ),
      ],
      mutators: byteMutators,
      generate: (random) => {
        if (random.oneIn(40)) return random.pick(bombs);
        const level = random.below(10);
        return new Uint8Array(gzipSync(bytesOfText(plainText(random)), { level }));
      },
      async check(input) {
        writeFileSync(packed, input);
        const reading = await countingOf(packed);
        if (reading.error !== undefined) throw reading.error;
        const unpacked = unpack(input);
        if (unpacked === undefined) return;
        writeFileSync(plain, unpacked);
        const expected = await readingOf(plain);
        mustHold("rows" in expected, "unpacked by itself, it is refused");
        const texts = "rows" in expected ? expected.rows.map(({ record }) => record.text) : [];
        mustHold(JSON.stringify(texts) === JSON.stringify(reading.texts), "unpacked by itself, it has other lines");
      },
    };
  },
};

interface Counting {
  readonly texts: readonly unknown[];
  readonly error?: Error;
}

async function countingOf(path: string): Promise<Counting> {
  const reading = await readingOf(path);
  if ("error" in reading) return { texts: [], error: reading.error };
  return { texts: reading.rows.map(({ record }) => record.text) };
}

/** What Node makes of it; undefined if that is too much to compare. */
function unpack(input: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(input, { maxOutputLength: COMPARED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    return contradict(`it is read, although it cannot be unpacked: ${(error as Error).message}`);
  }
}
