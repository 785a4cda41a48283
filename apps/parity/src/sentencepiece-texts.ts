/** Texts that SentencePiece and its models could be misread on: what its normalization, ties and symbols depend on. */
import { nastyTexts, seeded } from "./nasty-texts.ts";

const WRITTEN = [
  "....",
  "0000000",
  "!!!!!!!!!",
  "a</s>b <s> <unk> <pad> <cls>x<mask> [SEP] [UNK] <0x41> <0xE4>",
  "ﬂ\u0301x ﬁ\u0301 A\u030a\u0301 Å\u0301 Ǻ \u1112\u1161\u11ab한 ｶﾞﾊﾟ か\u3099",
  "<sep>ab abc a b a  b !! ing e\u0301 é 中文 \t 🙂x▁y x y 0",
  "  a<sep>  <sep>b \t\t ab\tab ",
  "▁ ▁▁ a▁b ▁a▁ ▁",
  "\0a\0\0b \0",
];

const INGREDIENTS: readonly (readonly string[])[] = [
  [" ", "  ", "\t", "\n", "\r\n", "\u3000", "\u00a0", "\u2009", "\u200b", "\u2028", "\ufeff", "▁", "▁▁"],
  [".", "..", "...", "…", "!", "!!", "?", "0", "00", "1", "12", "-", "--", "~", "=", "'", "、", "。"],
  ["\u0300", "\u0301", "\u0302", "\u030a", "\u0323", "\u3099", "\u309a", "\u200d", "\ufe0f", "\u20e3", "\u00ad"],
  ["ﬁ", "ﬂ", "ﬀ", "½", "①", "Ａ", "ｶ", "ﾞ", "ｶﾞ", "Å", "ǆ", "㎦", "ﷺ", "Ⅳ", "´", "ſ", "µ"],
  ["\u1100", "\u1112", "\u1161", "\u11a8", "\u11ab", "가", "각", "한"],
  ["a", "b", "c", "e", "i", "A", "B", "x", "y", "the", "ing", "der", "une", "é", "ü", "ß", "ab", "abc", "a b"],
  ["中", "文", "中文", "我", "们", "的", "你好", "𠀀", "か", "ア"],
  ["<sep>", "<s>", "</s>", "<unk>", "<pad>", "<cls>", "<mask>", "[SEP]", "[UNK]", "<a>", "<b>", "<0x0A>", "x▁y"],
  ["🙂", "👩‍👩‍👧", "🏳️‍🌈", "🇩🇪", "\0", "\u0001", "\u007f", "\u0085", "\ufffd", "\ue000", "\u{10ffff}", "\u0378"],
];

/** The nasty texts, and as many seeded mixes of what is above; none has a lone surrogate. */
export function sentencePieceTexts(mixes: number, seed: number): string[] {
  const random = seeded(seed);
  const below = (count: number) => Math.floor(count * random());
  const mixed = Array.from({ length: mixes }, () => {
    const allowed = Array.from({ length: 1 + below(4) }, () => INGREDIENTS[below(INGREDIENTS.length)] ?? []);
    const length = 1 + below(below(3) === 0 ? 80 : 16);
    return Array.from({ length }, () => {
      const list = allowed[below(allowed.length)] ?? [];
      return list[below(list.length)] ?? "";
    }).join("");
  });
  return [...WRITTEN, ...mixed, ...nastyTexts(mixes, seed)];
}
