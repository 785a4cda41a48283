import { trainTokenizer } from "@cellstate/tokenizers";
import { tokenizerConfig } from "@cellstate/tokenizers/config";
import { expect, test } from "vitest";
import { UnknownReplacer } from "./unknown-replacement.ts";

const train = (config: Record<string, unknown>, ...texts: string[]) =>
  trainTokenizer(tokenizerConfig.parse(config), texts);

/** All weight on one place of `length`, the last of which is the source's end. */
const lookAt = (place: number, length: number) => Float32Array.from({ length }, (_, i) => (i === place ? 1 : 0));

test("an unknown word is copied with the spaces of its neighbours", () => {
  const source = train({ kind: "word", preTokenizer: "metaspace" }, "I saw in Rome.");
  const target = train({ kind: "word", preTokenizer: "metaspace" }, "Ich sah in .");
  const replacer = new UnknownReplacer(source, target);
  const { unkId } = target;
  const id = (token: string) => target.tokenToId(token)!;
  const text = "Zorba saw Heraklion.";
  const weights = [lookAt(0, 5), lookAt(1, 5), lookAt(2, 5), lookAt(3, 5)];
  const translated = replacer.decode(text, {
    ids: [unkId, id("\u2581sah"), unkId, unkId],
    attentionWeights: weights,
  });
  expect(translated).toBe("Zorba sah Heraklion.");
  const moved = replacer.decode(text, { ids: [id("\u2581sah"), unkId], attentionWeights: [weights[1]!, weights[0]!] });
  expect(moved).toBe("sah Zorba");
});

test("characters and words without marks are copied where they stand", () => {
  const chars = train({ kind: "char" }, "ab ");
  const { unkId } = chars;
  const a = chars.tokenToId("a")!;
  const char = new UnknownReplacer(chars, chars).decode("a x", {
    ids: [a, unkId, a],
    attentionWeights: [lookAt(0, 4), lookAt(2, 4), lookAt(0, 4)],
  });
  expect(char).toBe("axa");
  const words = train({ kind: "word" }, "a b");
  const word = new UnknownReplacer(words, words).decode("x", {
    ids: [words.tokenToId("b")!, words.unkId, words.tokenToId("b")!],
    attentionWeights: [lookAt(0, 2), lookAt(0, 2), lookAt(0, 2)],
  });
  expect(word).toBe("b x b");
});

test("the source's end is never copied: the word with the highest weight is", () => {
  const words = train({ kind: "word" }, "a b");
  const replacer = new UnknownReplacer(words, words);
  const hypothesis = { ids: [words.unkId], attentionWeights: [Float32Array.of(0.1, 0.2, 0.7)] };
  expect(replacer.decode("first second", hypothesis)).toBe("second");
  expect(replacer.decode("", { ids: [words.unkId], attentionWeights: [Float32Array.of(1)] })).toBe("<unk>");
});
