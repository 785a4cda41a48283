/** Decoders against Hugging Face's; golden/make_decoders.py made the values. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readDecoder } from "../src/decoders/read-decoder.ts";

interface GoldenDecoder {
  readonly name: string;
  readonly json: { readonly type: string };
  readonly results: readonly { readonly tokens: readonly string[]; readonly decoded: string }[];
}

const golden: readonly GoldenDecoder[] = JSON.parse(
  readFileSync(new URL("golden/decoders.json", import.meta.url), "utf8"),
);

describe.each(golden)("decoder $name", ({ json, results }) => {
  const decoder = readDecoder(json, "decoder");

  test.each(results)("of $tokens", ({ tokens, decoded }) => {
    expect(decoder.decodeChain(tokens).join("")).toBe(decoded);
  });

  test("is written as it was read", () => {
    expect(decoder.toJson()).toEqual(json);
  });
});

test.each([
  [{ type: "Wordpiece" }, "decoder.type: expected one of Fuse, "],
  [{ type: "Strip", content: "ab", start: 1, stop: 0 }, 'decoder.content: expected one character, got "ab"'],
  [{ type: "Strip", content: " ", start: -1, stop: 0 }, "decoder.start: expected an integer from 0"],
  [{ type: "Replace", pattern: { Regex: "(" }, content: "" }, "decoder.pattern.Regex: expected a regular expression"],
  [{ type: "Sequence", decoders: [{ type: "Fuse" }, {}] }, "decoder.decoders[1].type"],
])("%j is refused with its key path", (json, message) => {
  expect(() => readDecoder(json, "decoder")).toThrow(message);
});

test("what replaces a string is taken as it is", () => {
  const replace = readDecoder({ type: "Replace", pattern: { String: "▁" }, content: "$&" }, "decoder");
  expect(replace.decodeChain(["▁a▁", "b"])).toEqual(["$&a$&", "b"]);
});

test("strip takes no more than it may off either end, and no character twice", () => {
  const strip = readDecoder({ type: "Strip", content: "a", start: 1, stop: 2 }, "decoder");
  expect(strip.decodeChain(["aabaaa", "a", "aa", "", "b"])).toEqual(["aba", "", "", "", "b"]);
});

/** What Hugging Face's tokenizers 0.23.2 gives: Rust finds an empty string around each character. */
test.each([
  [{ type: "BPEDecoder", suffix: "" }, ["a👍", "b"], [" a 👍 ", "b"]],
  [{ type: "CTC", pad_token: "", word_delimiter_token: "", cleanup: true }, ["a👍"], [" a 👍 "]],
  [{ type: "Replace", pattern: { String: "" }, content: "x" }, ["a👍", ""], ["xax👍x", ""]],
  [{ type: "Replace", pattern: { Regex: "a*" }, content: "x" }, ["aab", "ba", ""], ["xbx", "xbx", ""]],
])("%j finds empty matches where Hugging Face's library does", (json, tokens, decoded) => {
  expect(readDecoder(json, "decoder").decodeChain(tokens)).toEqual(decoded);
});
