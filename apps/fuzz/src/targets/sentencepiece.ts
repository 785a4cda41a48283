/** SentencePiece models: protocol buffers of pieces, and of how texts are normalized. */
import { readSentencePiece } from "@cellstate/tokenizers";
import { byteMutators } from "../mutate/bytes.ts";
import {
  bytesField,
  changeMessage,
  type Field,
  floatField,
  textField,
  varintField,
  writeFields,
} from "../mutate/protobuf.ts";
import type { Target } from "../target.ts";
import { TRAINING_TEXTS } from "./training-texts.ts";
import { useTokenizer } from "./use-tokenizer.ts";

const UNIGRAM = 1;
const BPE = 2;
const WORD = 3;
const CHAR = 4;

export const sentencepiece: Target = {
  name: "sentencepiece",
  about: "SentencePiece models",
  extension: "model",
  async open() {
    return {
      seeds: [
        model(UNIGRAM, { byteFallback: true, charsmap: charsmap(["ﬁ", "fi"], ["\u2126", "Ω"]) }),
        model(BPE, { byteFallback: false, charsmap: new Uint8Array() }),
        model(WORD, { byteFallback: false, charsmap: charsmap(["…", "..."]) }),
        model(CHAR, { byteFallback: false, charsmap: new Uint8Array() }),
      ],
      mutators: [...Array.from({ length: 12 }, () => changeMessage), ...byteMutators],
      check: (input) => useTokenizer(readSentencePiece(input)),
    };
  },
};

interface ModelOptions {
  readonly byteFallback: boolean;
  readonly charsmap: Uint8Array;
}

/** A file as SentencePiece writes it: pieces, trainer_spec, normalizer_spec. */
function model(kind: number, { byteFallback, charsmap }: ModelOptions): Uint8Array {
  const bytes = byteFallback
    ? Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`)
    : [];
  const characters = [...new Set(TRAINING_TEXTS.join("").replaceAll(" ", "▁"))];
  const words = ["▁the", "▁not", "▁b", "▁ba", "▁bad", "go", "good", "▁good"];
  const pieces: [piece: string, score: number, type: number][] = [
    ["<unk>", 0, 2],
    ["<s>", 0, 3],
    ["</s>", 0, 3],
    ["<user>", 0, 4],
    ...bytes.map((piece): [string, number, number] => [piece, 0, 6]),
    ...[...words, ...characters].map((piece, i): [string, number, number] => [piece, -1 - i / 8, 1]),
  ];
  const trainer: Field[] = [varintField(3, kind), varintField(4, pieces.length), varintField(35, byteFallback ? 1 : 0)];
  const normalizer: Field[] = [
    textField(1, "nmt_nfkc"),
    bytesField(2, charsmap),
    varintField(3, 1),
    varintField(4, 1),
    varintField(5, 1),
  ];
  return writeFields([
    ...pieces.map(([piece, score, type]) =>
      bytesField(1, writeFields([textField(1, piece), floatField(2, score), varintField(3, type)])),
    ),
    bytesField(2, writeFields(trainer)),
    bytesField(3, writeFields(normalizer)),
  ]);
}

/**
 * A compiled table of replacements: the size of a double array, the array, and the replacements, each ended by a zero.
 *
 * Each unit of the array is a node (Darts-clone): label in the low 8 bits, bit 8 for "has a value", offset from bit 10.
 */
function charsmap(...pairs: readonly (readonly [from: string, to: string])[]): Uint8Array {
  const units = new Uint32Array(256 * 24);
  let free = 256;
  let texts = "";
  const offsets: number[] = [];
  for (const [, to] of pairs) {
    offsets.push(Buffer.byteLength(texts));
    texts += `${to}\0`;
  }
  units[0] = offsetBits(0, 256);
  for (const [i, [from]] of pairs.entries()) {
    let node = 0;
    for (const byte of Buffer.from(from)) {
      const child = baseOf(node) ^ byte;
      if (units[child] === 0) {
        free += 256;
        units[child] = offsetBits(child, free) | byte;
      }
      node = child;
    }
    units[node]! |= 1 << 8;
    units[baseOf(node)] = (0x80000000 | offsets[i]!) >>> 0;
  }
  return new Uint8Array(
    Buffer.concat(
      [Uint32Array.of(units.byteLength), new Uint8Array(units.buffer), Buffer.from(texts)].map(
        (part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
      ),
    ),
  );

  function baseOf(node: number): number {
    return node ^ (units[node]! >>> 10);
  }
  function offsetBits(node: number, base: number): number {
    return ((node ^ base) << 10) >>> 0;
  }
}
