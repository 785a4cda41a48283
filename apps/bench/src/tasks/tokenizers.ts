/** Times encoding, decoding and training of our tokenizers. */
import { readFileSync } from "node:fs";
import { Tokenizer, trainTokenizer } from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";
import type { Measurement, TokenizerRequest, TokenizerRequestOf } from "../request.ts";
import { LAYOUTS } from "../reviews.ts";
import { median } from "../statistics.ts";
import { timeOnce } from "../timing.ts";

export function measureTokenizer(request: TokenizerRequest): Measurement {
  switch (request.task) {
    case "encode":
      return measureEncoding(request);
    case "file":
      return measureFile(request);
    case "decode":
      return measureDecoding(request);
    case "train":
      return measureTraining(request);
    case "long word":
      return measureLongWord(request);
    case "added tokens":
      return measureAddedTokens(request);
    case "memory":
      return measureBatch(request);
    default:
      return request satisfies never;
  }
}

/** Milliseconds of the first pass over the texts, when nothing is remembered yet, and of later ones. */
function measureEncoding({ tokenizer: path, texts: textsPath, offsets }: TokenizerRequestOf<"encode">): Measurement {
  const [tokenizer, texts] = [readTokenizer(path), readTexts(textsPath)];
  let tokens = 0;
  const pass = () => {
    tokens = 0;
    for (const text of texts) {
      const encoding = tokenizer.encode(text);
      tokens += offsets ? encoding.offsets.length : encoding.ids.length;
    }
  };
  const first = timeOnce(pass);
  return { first, later: median([timeOnce(pass), timeOnce(pass), timeOnce(pass)]), tokens };
}

/** Milliseconds to load the file, and of the first pass and later ones, as above. */
function measureFile({ tokenizer, texts }: TokenizerRequestOf<"file">): Measurement {
  const load = timeOnce(() => readTokenizer(tokenizer).encode("a"));
  return { load, ...measureEncoding({ task: "encode", tokenizer, texts, offsets: false }) };
}

function measureDecoding({ tokenizer: path, texts: textsPath }: TokenizerRequestOf<"decode">): Measurement {
  const tokenizer = readTokenizer(path);
  const ids = readTexts(textsPath).map((text) => tokenizer.encode(text).ids);
  let length = 0;
  const pass = () => {
    length = 0;
    for (const each of ids) length += tokenizer.decode(each).length;
  };
  const first = timeOnce(pass);
  return { first, later: median([timeOnce(pass), timeOnce(pass)]), length };
}

function measureTraining({ layout, texts: textsPath }: TokenizerRequestOf<"train">): Measurement {
  const texts = readTexts(textsPath);
  return { ms: timeOnce(() => trainTokenizer(tokenizerConfig.parse(LAYOUTS[layout].config), texts)) };
}

/** Milliseconds by length, of words of random letters; each is encoded once, after a shorter one. */
function measureLongWord({ tokenizer: path, lengths }: TokenizerRequestOf<"long word">): Measurement {
  const tokenizer = readTokenizer(path);
  tokenizer.encode(randomWord(Math.min(...lengths)));
  return Object.fromEntries(
    lengths.map((length) => {
      const word = randomWord(length);
      return [`${length}`, timeOnce(() => tokenizer.encode(word))];
    }),
  );
}

/** As `measureEncoding`, with tokens to look for that the texts lack. */
function measureAddedTokens({
  tokenizer: path,
  texts: textsPath,
  count,
}: TokenizerRequestOf<"added tokens">): Measurement {
  const json = readTokenizer(path).toJson();
  const texts = readTexts(textsPath);
  const size = Tokenizer.fromJson(json).vocabSize;
  const added = Array.from({ length: count }, (_, index) => ({
    id: size + index,
    content: `<extra_${index}>`,
    special: true,
  }));
  const tokenizer = Tokenizer.fromJson({ ...json, added_tokens: [...(json.added_tokens as object[]), ...added] });
  const pass = () => texts.reduce((sum, text) => sum + tokenizer.encode(text).length, 0);
  const first = timeOnce(pass);
  return { first, later: median([timeOnce(pass), timeOnce(pass)]) };
}

/** Bytes that the process grows by in one batch, without and with all columns, and what is left of it. */
function measureBatch({ tokenizer: path, texts: textsPath }: TokenizerRequestOf<"memory">): Measurement {
  const [tokenizer, texts] = [readTokenizer(path), readTexts(textsPath)];
  const before = process.memoryUsage().rss;
  const encodings = tokenizer.encodeBatch(texts);
  const ids = process.memoryUsage().rss - before;
  for (const { columns } of encodings) columns.tokens.at(0);
  return { ids, columns: process.memoryUsage().rss - before };
}

function readTokenizer(path: string): Tokenizer {
  return Tokenizer.parse(readFileSync(path));
}

function readTexts(path: string): string[] {
  return JSON.parse(readFileSync(path, "utf8")) as string[];
}

/** Lower-case letters from a linear congruential generator. */
function randomWord(length: number): string {
  const letters = new Uint8Array(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    letters[at] = 0x61 + ((state >>> 16) % 26);
  }
  return new TextDecoder().decode(letters);
}
