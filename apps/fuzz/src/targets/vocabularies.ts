/** Vocabularies and merges of older layouts: vocab.txt, vocab.json, merges.txt. */
import { openTokenizer } from "@cellstate/tokenizers";
import { byteMutators } from "../mutate/bytes.ts";
import { bytesOfText, textMutators, textOfBytes } from "../mutate/text.ts";
import { treeMutators } from "../mutate/tree.ts";
import type { Target } from "../target.ts";
import { useTokenizer } from "./use-tokenizer.ts";

const VOCAB_TXT = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nnot\nbad\n##s\ngood\n!\n中\n";
const VOCAB_JSON = JSON.stringify(
  Object.fromEntries(
    ["<|endoftext|>", "t", "h", "e", "Ġ", "n", "o", "a", "b", "th", "the", "Ġt", "no", "Ċ"].map((token, id) => [
      token,
      id,
    ]),
  ),
);
const MERGES = "#version: 0.2\nt h\nth e\nĠ t\nn o\n";

export const vocab: Target = {
  name: "vocab",
  about: "vocab.txt, or vocab.json where it begins with {",
  extension: "txt",
  async open() {
    return {
      seeds: [VOCAB_TXT, VOCAB_JSON].map(bytesOfText),
      mutators: [...textMutators, ...Array.from({ length: 6 }, () => treeMutators()[0]!), ...byteMutators.slice(0, 3)],
      async check(input) {
        const isJson = textOfBytes(input).trimStart().startsWith("{");
        const files = isJson ? { "vocab.json": input, "merges.txt": bytesOfText(MERGES) } : { "vocab.txt": input };
        await openAndUse(isJson ? "vocab.json" : "vocab.txt", files);
      },
    };
  },
};

export const merges: Target = {
  name: "merges",
  about: "merges.txt beside a vocab.json",
  extension: "txt",
  async open() {
    return {
      seeds: [MERGES, "t h\r\nth e"].map(bytesOfText),
      mutators: [...textMutators, ...byteMutators],
      check: (input) => openAndUse("vocab.json", { "vocab.json": bytesOfText(VOCAB_JSON), "merges.txt": input }),
    };
  },
};

async function openAndUse(path: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  useTokenizer(await openTokenizer(path, async (name) => (Object.hasOwn(files, name) ? files[name] : undefined)));
}
