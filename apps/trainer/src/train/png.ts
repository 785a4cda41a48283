/** Matrices of values in 0..1 as PNG images: white for 0, dark for 1. */
import { crc32, deflateSync } from "node:zlib";
import type { EventImage } from "@cellstate/training/tensorboard";

/** Pixels of a cell's side. */
const CELL = 12;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const RGB_COLOR_TYPE = 2;
/** The colour of 1; that of 0 is white. */
const DARK = [29, 95, 191] as const;

/** @param rows  each of the same length, at least one row and one column */
export function matrixImage(rows: readonly ArrayLike<number>[]): EventImage {
  const [width, height] = [CELL * rows[0]!.length, CELL * rows.length];
  const lines = Buffer.alloc(height * (1 + 3 * width)); // each line begins with 0: no filter
  for (let y = 0; y < height; y++) {
    const row = rows[Math.floor(y / CELL)]!;
    for (let x = 0; x < width; x++) {
      const share = Math.min(1, Math.max(0, row[Math.floor(x / CELL)] ?? 0));
      const at = y * (1 + 3 * width) + 1 + 3 * x;
      for (const [channel, dark] of DARK.entries()) lines[at + channel] = Math.round(255 + share * (dark - 255));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, RGB_COLOR_TYPE, 0, 0, 0], 8); // 8 bits a channel, deflate, no interlacing
  const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))];
  return { width, height, png: Buffer.concat([SIGNATURE, ...chunks]) };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
