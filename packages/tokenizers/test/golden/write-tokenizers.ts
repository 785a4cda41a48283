/** Writes the tokenizer.json files that make_golden.py loads: `node --conditions=@cellstate/source write-tokenizers.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { trainGoldenTokenizers } from "./golden-tokenizers.ts";

const corpus = readFileSync(new URL("corpus.txt", import.meta.url), "utf8");
for (const [name, tokenizer] of trainGoldenTokenizers(corpus)) {
  writeFileSync(new URL(`${name}.tokenizer.json`, import.meta.url), tokenizer.stringify());
}
