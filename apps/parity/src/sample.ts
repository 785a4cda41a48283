/** The sample that the tests of the tokenizers package repeat without Python: a hash of what each request gave. */
import { createHash } from "node:crypto";
import type { Request, Row } from "./rows.ts";

interface SampledTokenizer {
  readonly name: string;
  readonly json: object;
  /** Of each request the first 8 digits of a SHA-256 in hexadecimal. */
  readonly hashes: readonly string[];
}

export class Sample {
  readonly #tokenizers: SampledTokenizer[] = [];
  #requests: readonly Request[] = [];

  add(name: string, json: object, requests: readonly Request[], rows: readonly Row[]): void {
    this.#requests = requests;
    this.#tokenizers.push({ name, json, hashes: rows.map((row, index) => hashOf(row, requests[index])) });
  }

  /** As JSON in ASCII, so that no editor changes a text. */
  stringify(): string {
    const json = JSON.stringify({ requests: this.#requests, tokenizers: this.#tokenizers });
    return `${json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
  }
}

/** Offsets are turned into UTF-16 code units. */
function hashOf(row: Row, request?: Request): string {
  if ("error" in row) throw new Error(`expected a row without error in the sample, got ${row.error}`);
  const texts = [Array.from(request?.text ?? ""), Array.from(request?.pair ?? "")];
  const offsets = row.offsets.map((range, token) => {
    const characters = texts[row.sequenceIds[token] ?? 0] ?? [];
    return range.map((index) => characters.slice(0, index).join("").length);
  });
  const { ids, tokens, wordIds, typeIds, specialTokensMask, decoded, decodedAll } = row;
  const values = [ids, tokens, offsets, wordIds, typeIds, specialTokensMask, decoded, decodedAll];
  return createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 8);
}
