/** What files are that were taken for tokenizers: other files of a model's folder, and other libraries' vocabularies. */

const HEAD = 4096;

/**
 * Says what bytes are that no tokenizer is made of, and what to do; undefined for what may be one.
 *
 * @param path of the file, whose name may tell
 */
export function nameForeignBytes(path: string, bytes: Uint8Array): string | undefined {
  if (isSafetensors(bytes)) return `the weights of a model, as safetensors; ${BESIDE}`;
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3;
  if (isZip) return `a zip archive, such as weights of PyTorch or Keras; ${BESIDE}`;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "packed by gzip; unpack it first";
  if (path.endsWith(".json") || path.endsWith(".model")) return undefined;
  return nameForeignLines(new TextDecoder().decode(bytes.subarray(0, HEAD)).split(/\r?\n/).slice(0, 20));
}

const BESIDE = "a tokenizer is in a file beside it, such as tokenizer.json";

/** A length of 8 bytes, and JSON of that length. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return view.getUint32(4, true) === 0 && view.getUint32(0, true) <= bytes.length - 8;
}

function nameForeignLines([first = "", ...rest]: readonly string[]): string | undefined {
  const lines = rest.slice(0, -1); // the last may be cut
  if (
    /^#version/.test(first) ||
    (lines.length > 1 && lines.every((line) => /^\S+ \S+$/.test(line)) && !isRank(lines[0]))
  ) {
    return "the merges of a byte-level BPE tokenizer (merges.txt); name the vocab.json beside it, or their folder";
  }
  if (/^\d+ \d+$/.test(first) && /^\S+( -?[\d.]+(e-?\d+)?){2,}\s*$/.test(rest[0] ?? "")) {
    return "word vectors, as fastText and word2vec write them (.vec), which cut no text; train a word tokenizer on texts";
  }
  if (isRank(first) && isRank(lines[0] ?? first)) {
    return "the ranks of a tiktoken tokenizer (.tiktoken), which has no merges; use the tokenizer.json of the same model";
  }
  return undefined;
}

/** A token in base64 and its rank. */
function isRank(line: string | undefined): boolean {
  return /^[A-Za-z0-9+/]+={0,2} \d+$/.test(line ?? "") && (line ?? "").replace(/ .*/, "").length % 4 === 0;
}

/** Says what a parsed JSON document is that is no tokenizer.json; undefined for what may be one. */
export function nameForeignDocument(document: unknown): string | undefined {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(document));
  if (fields.has("model")) return undefined;
  const has = (...keys: readonly string[]) => keys.some((key) => fields.has(key));
  if (isKerasTokenizer(document))
    return "a tokenizer of Keras (Tokenizer.to_json); openTokenizer and kerasTokenizer read it";
  if (has("tokenizer_class", "added_tokens_decoder", "model_max_length")) {
    return `the settings of a tokenizer (tokenizer_config.json), without its vocabulary; ${BESIDE}`;
  }
  if (has("architectures", "model_type", "hidden_size")) return `the settings of a model (config.json); ${BESIDE}`;
  if (has("unk_token", "pad_token", "bos_token", "cls_token")) {
    return `the names of special tokens (special_tokens_map.json); ${BESIDE}`;
  }
  if (has("weight_map")) return `the index of a model's weights; ${BESIDE}`;
  if (fields.size > 0 && [...fields.values()].every((value) => typeof value === "number")) {
    return "a vocabulary alone (vocab.json); BPE needs its merges.txt beside it, and its name must be vocab.json";
  }
  return undefined;
}

/** Whether a parsed JSON document is what `Tokenizer.to_json` of Keras gives. */
export function isKerasTokenizer(document: unknown): boolean {
  const fields = typeof document === "object" && document !== null ? Object.entries(document) : [];
  return fields.some(([key, value]) => key === "class_name" && value === "Tokenizer");
}
