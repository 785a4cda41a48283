/** Turns the file of a dataset's publisher into the one that its card lists: lines are cut into columns and written as TSV. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { writeAside } from "@cellstate/files";
import type { CardFile, Upstream } from "../../config.ts";
import { ChecksumError, DataFileError } from "../../errors.ts";
import { readBytes } from "../readers/bytes.ts";
import { linesOf } from "../readers/lines.ts";

/**
 * Writes the canonical file, checks its sha256, and removes what it was made from.
 *
 * @throws {ChecksumError} if the result is not the file that the card lists; nothing is kept
 * @throws {DataFileError} naming a line that is not as the card says
 */
export async function convert(
  original: string,
  file: CardFile,
  upstream: Upstream,
  destination: string,
): Promise<void> {
  const hash = createHash("sha256");
  try {
    await writeAside(destination, async (output) => {
      let waiting = "";
      const flush = async () => {
        hash.update(waiting);
        await output.writeFile(waiting);
        waiting = "";
      };
      for await (const row of rowsOf(original, upstream)) {
        waiting += `${row}\n`;
        if (waiting.length > FLUSH_LENGTH) await flush();
      }
      await flush();
      const found = hash.digest("hex");
      if (found !== file.sha256) {
        throw new ChecksumError(upstream.url, file.sha256, found, "what is there has changed; nothing was kept");
      }
    });
  } finally {
    await rm(original, { force: true });
  }
}

const FLUSH_LENGTH = 1 << 20;

async function* rowsOf(
  path: string,
  { encoding, line: layout, columns }: Upstream,
): AsyncGenerator<string, void, undefined> {
  const parts = parseLayout(layout);
  yield columns.join("\t");
  const bytes = encoding === "latin1" ? fromLatin1(readBytes(path)) : readBytes(path);
  for await (const { text, line } of linesOf(bytes, path)) {
    const cells = cut(text, parts);
    if (cells === undefined) throw new DataFileError(path, line, `expected a line such as ${JSON.stringify(layout)}`);
    yield columns.map((column) => cells.get(column) ?? "").join("\t");
  }
}

async function* fromLatin1(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield Buffer.from(Buffer.from(chunk).toString("latin1"), "utf8");
}

/** A column, and the text that stands behind it. */
interface LayoutPart {
  readonly column: string;
  readonly end: string;
}

/** `{label}:{text}` as columns and what ends each; the last one ends with the line. */
function parseLayout(layout: string): LayoutPart[] {
  return [...layout.matchAll(/\{([^{}]+)\}([^{}]*)/g)].map(([, column = "", end = ""]) => ({ column, end }));
}

function cut(text: string, parts: readonly LayoutPart[]): Map<string, string> | undefined {
  const cells = new Map<string, string>();
  let at = 0;
  for (const { column, end } of parts) {
    const to = end === "" ? text.length : text.indexOf(end, at);
    if (to === -1) return undefined;
    cells.set(column, text.slice(at, to));
    at = to + end.length;
  }
  return at === text.length ? cells : undefined;
}
