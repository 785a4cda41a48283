/** Compares the tokenizers of SentencePiece models with SentencePiece: every type with many options, on nasty texts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSentencePiece, Tokenizer } from "@cellstate/tokenizers";
import type { Peer } from "./peer.ts";
import { type SentencePieceRow, sentencePieceDifferences } from "./sentencepiece-rows.ts";

export interface SentencePieceResult {
  /** Type and options of the model, such as `spm-bpe-bytes`. */
  readonly name: string;
  readonly requests: number;
  readonly differing: number;
  readonly byField: ReadonlyMap<string, number>;
}

export interface SentencePieceOptions {
  readonly texts: readonly string[];
  readonly training: readonly string[];
  /** Models to compare; all without. */
  readonly only?: readonly string[] | undefined;
  /** Differences to print of each field. */
  readonly show: number;
  readonly report: (result: SentencePieceResult, lines: readonly string[]) => void;
}

const ROWS = ".rows.jsonl";

/** A model is compared as it is read from its file, written to a tokenizer.json and read again. */
export function compareSentencePiece(peer: Peer, options: SentencePieceOptions): SentencePieceResult[] {
  const { texts, training, only, show, report } = options;
  if (only?.length === 0) return [];
  peer.write("texts.json", training);
  peer.write("sentencepiece-texts.json", texts);
  peer.run("sentencepiece_parity.py", peer.folder, ...(only === undefined ? [] : [only.join(",")]));
  const names = readdirSync(peer.folder).flatMap((name) => (name.endsWith(ROWS) ? [name.slice(0, -ROWS.length)] : []));
  return names.sort().map((name) => {
    const read = readSentencePiece(readFileSync(join(peer.folder, `${name}.model`)));
    const tokenizer = Tokenizer.parse(read.stringify());
    const byField = new Map<string, number>();
    const lines: string[] = [];
    let differing = 0;
    const rows = peer.readLines(`${name}${ROWS}`) as SentencePieceRow[];
    for (const [index, row] of rows.entries()) {
      const found = sentencePieceDifferences(tokenizer, texts[index], row);
      if (found.length > 0) differing++;
      for (const { field, line } of found) {
        const count = byField.get(field) ?? 0;
        if (count < show) lines.push(line);
        byField.set(field, count + 1);
      }
    }
    const result = { name, requests: rows.length, differing, byField };
    report(result, lines);
    return result;
  });
}
