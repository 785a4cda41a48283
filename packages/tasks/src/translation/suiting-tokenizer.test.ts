import { expect, test } from "vitest";
import { suitingTokenizer } from "./suiting-tokenizer.ts";

async function* textsOf(texts: Iterable<string>) {
  yield* texts;
}

test.each([
  ["13a", ["Ein Mann läuft.", "Zwei Hunde"]],
  ["13a", ["고양이가 매트 위에 앉았다", "그는 책을 읽는다"]],
  ["13a", ["2024-03-05", ""]],
  ["13a", []],
  ["13a", ["The character 中 means middle"]],
  ["zh", ["我喜欢这本书。", "他在 Google 工作。"]],
  ["zh", ["我愛書"]],
  ["char", ["私はこの本が好きです。"]],
  ["char", ["ฉันชอบหนังสือเล่มนี้"]],
])("%s suits %j", async (tokenizer, texts) => {
  expect(await suitingTokenizer(textsOf(texts))).toBe(tokenizer);
});

test("a large corpus is not read to its end", async () => {
  let read = 0;
  const endless = function* () {
    for (;;) {
      read++;
      yield "我喜欢这本书。";
    }
  };
  expect(await suitingTokenizer(textsOf(endless()))).toBe("zh");
  expect(read).toBe(10_000);
});
