/** Trains a byte-level BPE tokenizer, saves it as tokenizer.json, and reads it back: tokens, their places in the text, and decoding. */
import { readFile, writeFile } from "node:fs/promises";
import { Tokenizer, trainTokenizer } from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";

const texts = ["the lowest tower", "a lower town", "the newest town", "low and slow", "newer towers"];
const config = tokenizerConfig.parse({ kind: "bpe", preTokenizer: "byteLevel", vocabSize: 290 });
await writeFile("tokenizer.json", trainTokenizer(config, texts).stringify()); // the format of Hugging Face's library

const tokenizer = Tokenizer.parse(await readFile("tokenizer.json", "utf8"));
const text = "The lowest town ☕";
const { ids, tokens, offsets } = tokenizer.encode(text);
for (const [index, [start, end]] of offsets.entries()) {
  console.log(ids[index], tokens[index], JSON.stringify(text.slice(start, end)));
}
console.log(tokenizer.decode(ids) === text); // bytes: no text is unknown

/* prints:
55 T "T"
267 he "he"
270 Ġlow " low"
273 est "est"
271 Ġtown " town"
224 Ġ " "
162 â "☕"
250 ĺ "☕"
247 ķ "☕"
true
*/
