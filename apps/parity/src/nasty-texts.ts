/** Texts that tokenizers stumble over: rare characters, strange orders, special tokens inside, and seeded mixes of all. */

const WRITTEN = [
  "",
  " ",
  "  \t \n\r\n ",
  "\u3000\u00a0\u2003",
  "  lead  trail  ",
  "a\u200db a\u200cb \u200d \u200b\u2060x",
  "\ufeffbyte order \ufeff mark\ufeff",
  "line\u2028separator\u2029paragraph\u0085next\vtab\fform",
  "\0\u0001\u0007\b\u001b[0m\u007f\u0080\u009f",
  "👩‍👩‍👧‍👦 family 🏳️‍🌈 👍🏽👍🏿 🇩🇪🇨🇳🇩 1️⃣ ☺︎ ❤️‍🔥🧑🏻‍💻",
  "e\u0301\u0323 a\u0308 \u1e69\u0323 q\u0307\u0323q\u0323\u0307 \u0301 \u0323\u0301x",
  "z\u0351\u032b\u0343\u036a\u0302\u032ba\u030a\u0301\u0323l\u0334\u0335\u0336g\u0489o\u20dd",
  "ﬁne ½ Ⅳ ㎦ ﷺ ① ＡＢＣ １２３ ｶﾞｷﾞ ﾊﾟ か\u3099 は\u309a \u2126 Å \u0344 \u0958",
  "İstanbul ΑΣ ΣΑΣ straße STRASSE ẞ ǅ ŉ ﬀ ıI",
  "שלום עולם שָׁלוֹם",
  "مرحبا بالعالم كِتَابٌ ـــ ١٢٣",
  "日本語のテキスト、「東京」ー々〆 中文。測試！𠀀𪜶𫝀𫠠𬺰𰀀𱍐",
  "한국어 각 \u1100\u1161\u11a8 \u1100\u1161 \u11a8 가\u11a8",
  "ภาษาไทยไม่มีช่องว่าง กำ น้ำ",
  "नमस्ते क्षत्रिय র্যা தமிழ் മലയാളം",
  "It's we'll I'VE they'Re 'tis 's ''s `` '' n't do not .",
  "C++ C# .NET a_b a__b snake_case 3.14 1,000,000 1e-9 $5 50% #tag @user http://a.b/c?d=e&f=g",
  "¿Qué? «Ça» „Gänsefüßchen“ — … ‽ † ‰",
  "<s> </s> <pad> <unk> [CLS] [SEP] [MASK] <mask> <|endoftext|> <|begin_of_text|><|eot_id|>",
  "a<s>b </s>c[SEP]d [MASK]. <mask>  <mask>,x<|endoftext|>y",
  "[ent]x [ent] word words sword word. ﬁ fi <left> a  <left>b <right>  c <both>  <both> d<both>e",
  "<0x41> <0xE4><0xBD><0xA0> <0xZZ> ▁ ▁▁a _▁_ Ġ Ċ ## ##a @@ </w> a|b||c |",
  "\ud800 lone \udc00 surrogates \udbff",
  "\ufffd \uffff \ufffe \ufdd0 \u{1ffff} \u{10ffff} \ue000 \u{f0000}",
  "x".repeat(120),
  "ab".repeat(60),
  "長".repeat(60),
  "a\n\nb\n\n\nc \n d\t\te",
];

/** What random mixes are made of: a range of code points, or texts. */
const INGREDIENTS: readonly (readonly [first: number, last: number] | readonly string[])[] = [
  [0x20, 0x7e],
  [0x61, 0x7a],
  [0xa0, 0x24f],
  [0x300, 0x36f],
  [0x370, 0x52f],
  [0x590, 0x6ff],
  [0x900, 0xdff],
  [0xe00, 0xeff],
  [0x1100, 0x11ff],
  [0x1e00, 0x1fff],
  [0x2000, 0x206f],
  [0x2100, 0x2bff],
  [0x3000, 0x30ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xffff],
  [0x10000, 0x1ffff],
  [0x20000, 0x323af],
  [0xe0000, 0xe01ef],
  [0x0, 0x10ffff],
  [" ", "  ", "\t", "\n", "\r\n", "\u3000", "\u00a0", "\u2028", "\u200d", "\ufe0f", "\u0301", "\u3099"],
  ["'s", "'ll", "<s>", "</s>", "[SEP]", "[MASK]", "<mask>", "<|endoftext|>", "[ent]", "word", "<left>", "<right>", "▁"],
  ["👩‍👩‍👧", "🏳️‍🌈", "👍🏽", "🇩🇪", "é", "e\u0301", "ﬁ", "½", "가", "ｶﾞ", "İ", "ẞ", "ΑΣ"],
];

/** Every code point of the first two planes and some of each other one, 64 in a row. */
function blockTexts(): string[] {
  const texts: string[] = [];
  for (let start = 0; start < 0x110000; start += start < 0x20000 ? 64 : 0x800) {
    texts.push(String.fromCodePoint(...Array.from({ length: 64 }, (_, index) => start + index)));
  }
  return texts;
}

/** @param random numbers in `[0, 1)` */
function randomMix(random: () => number): string {
  const below = (count: number) => Math.floor(count * random());
  const allowed = Array.from({ length: 1 + below(4) }, () => INGREDIENTS[below(INGREDIENTS.length)] ?? [" "]);
  return Array.from({ length: 1 + below(40) }, () => {
    const [first = "", last = "", ...rest] = allowed[below(allowed.length)] ?? [" "];
    if (typeof first === "number" && typeof last === "number") {
      return String.fromCodePoint(first + below(last - first + 1));
    }
    return [first, last, ...rest][below(2 + rest.length)];
  }).join("");
}

function randomBytes(random: () => number): string {
  const bytes = Uint8Array.from({ length: 1 + Math.floor(40 * random()) }, () => Math.floor(256 * random()));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** A generator of numbers in `[0, 1)`: the steps of Marsaglia's xorshift with 32 bits. */
export function seeded(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** All the nasty texts; lone surrogates are replaced, because Hugging Face's library cannot take them. */
export function nastyTexts(mixes: number, seed: number): string[] {
  const random = seeded(seed);
  const mixed = Array.from({ length: mixes }, (_, index) => (index % 8 === 0 ? randomBytes : randomMix)(random));
  return [...WRITTEN, ...mixed, ...blockTexts()].map((text) => text.toWellFormed());
}

/** The written texts and mixes alone, a few hundred. */
export function nastySample(mixes: number, seed: number): string[] {
  return nastyTexts(mixes, seed).slice(0, WRITTEN.length + mixes);
}
