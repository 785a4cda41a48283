/** The tokenizers that are compared with Hugging Face's: one for each pipeline that training can build. */
import { type Tokenizer, trainTokenizer } from "@cellstate/tokenizers";
import { type TokenizerConfigInput, tokenizerConfig } from "@cellstate/tokenizers/config";

const CONFIGS: Readonly<Record<string, TokenizerConfigInput>> = {
  word: { kind: "word", minFrequency: 2 },
  "word-lower-nfkc": { kind: "word", lowercase: true, normalize: "nfkc", maxSize: 60 },
  "word-metaspace": { kind: "word", preTokenizer: "metaspace" },
  char: { kind: "char" },
  "char-grapheme": { kind: "char", unit: "grapheme", normalize: "nfc", lowercase: true },
  bpe: { kind: "bpe", vocabSize: 400, minFrequency: 2 },
  "bpe-lower-nfkc": { kind: "bpe", vocabSize: 500, minFrequency: 1, lowercase: true, normalize: "nfkc" },
};

/** @param corpus one text a line */
export function trainGoldenTokenizers(corpus: string): Map<string, Tokenizer> {
  const texts = corpus.trimEnd().split("\n");
  return new Map(
    Object.entries(CONFIGS).map(([name, config]) => [name, trainTokenizer(tokenizerConfig.parse(config), texts)]),
  );
}
