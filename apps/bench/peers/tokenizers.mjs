/**
 * Times tokenizers of npm on one thread, as one line of JSON.
 *
 * usage: tokenizers.mjs <package> version | tokenizers.mjs <package> <request>
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

process.env.TOKENIZERS_PARALLELISM = "false";
process.env.RAYON_NUM_THREADS = "1";

const require = createRequire(import.meta.url);

/** By package, how to make a function that encodes one text and gives its ids. */
const ENCODERS = {
  tokenizers: (path) => {
    const tokenizer = require("tokenizers").Tokenizer.fromFile(path);
    return async (text) => (await tokenizer.encode(text)).getIds();
  },
  "@huggingface/tokenizers": (path) => {
    const { Tokenizer } = require("@huggingface/tokenizers");
    const tokenizer = new Tokenizer(JSON.parse(readFileSync(path, "utf8")), {});
    return (text) => tokenizer.encode(text).ids;
  },
  // It has its own vocabulary.
  "gpt-tokenizer": () => require("gpt-tokenizer/encoding/cl100k_base").encode,
};

async function measure(name, { tokenizer, texts: path }) {
  const encode = ENCODERS[name](tokenizer);
  const texts = JSON.parse(readFileSync(path, "utf8"));
  let tokens = 0;
  const pass = async () => {
    const start = performance.now();
    tokens = 0;
    for (const text of texts) tokens += (await encode(text)).length;
    return performance.now() - start;
  };
  return { first: await pass(), later: await pass(), tokens };
}

/** Some packages do not let their manifest be imported. */
function versionOf(name) {
  require(name === "gpt-tokenizer" ? "gpt-tokenizer/encoding/cl100k_base" : name);
  const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return { version: JSON.parse(readFileSync(manifest, "utf8")).version };
}

const [name, argument] = process.argv.slice(2);
console.log(JSON.stringify(argument === "version" ? versionOf(name) : await measure(name, JSON.parse(argument))));
