/** Training and encoding speed on 29,000 made-up sentences: `node --conditions=@cellstate/source bench/tokenizers.bench.ts`. */
import { type Tokenizer, trainTokenizer } from "@cellstate/tokenizers";
import { type TokenizerConfigInput, tokenizerConfig } from "@cellstate/tokenizers/config";

const CONFIGS: readonly TokenizerConfigInput[] = [
  { kind: "word" },
  { kind: "word", preTokenizer: "metaspace" },
  { kind: "char" },
  { kind: "bpe", vocabSize: 8000 },
];

const sentences = makeSentences(29_000);
const characters = sentences.reduce((sum, sentence) => sum + sentence.length, 0);
console.log(`${sentences.length} sentences, ${characters} characters`);
for (const input of CONFIGS) {
  const config = tokenizerConfig.parse(input);
  const [tokenizer, trainMs] = timed<Tokenizer>(() => trainTokenizer(config, sentences));
  const [encodings, encodeMs] = timed(() => tokenizer.encodeBatch(sentences));
  const tokens = encodings.reduce((sum, { ids }) => sum + ids.length, 0);
  const [decoded, decodeMs] = timed(() => encodings.map(({ ids }) => tokenizer.decode(ids)));
  console.log(
    `${JSON.stringify(input)}: vocabulary ${tokenizer.vocabSize}, train ${trainMs.toFixed(0)} ms, ` +
      `encode ${encodeMs.toFixed(0)} ms (${((tokens / encodeMs) * 1000).toExponential(2)} tokens/s), ` +
      `decode ${decodeMs.toFixed(0)} ms (${decoded.length} texts)`,
  );
}

function timed<T>(run: () => T): [result: T, elapsedMs: number] {
  const started = performance.now();
  const result = run();
  return [result, performance.now() - started];
}

/** Sentences of syllables with a long tail of rare words, from a linear congruential generator. */
function makeSentences(count: number): string[] {
  let state = 12345;
  const next = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
  const syllables = ["ba", "den", "gro", "ß", "ü", "ker", "li", "mo", "nach", "sch", "ten", "ung", "ver", "zei"];
  const word = () => Array.from({ length: 1 + next(4) }, () => syllables[next(syllables.length)]).join("");
  const words = Array.from({ length: 20_000 }, word);
  const frequentFirst = () => words[Math.min(next(words.length), next(words.length), next(words.length))] ?? "";
  return Array.from(
    { length: count },
    () => `${Array.from({ length: 8 + next(8) }, frequentFirst).join(" ")}, ${word()}.`,
  );
}
