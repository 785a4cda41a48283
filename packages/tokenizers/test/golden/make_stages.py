"""Makes stages.json with Hugging Face's tokenizers (0.23.2): what single stages make of texts, character by character.

    pip install tokenizers==0.23.2
    python make_stages.py

Offsets are turned from code points, as Python counts, into UTF-16 code units, as JavaScript does.
"""

import json
from pathlib import Path

from tokenizers import PreTokenizedString, Regex, normalizers, pre_tokenizers

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text(encoding="utf8")) + [
    "今天a\u0301É\t\u0000b\u200dc\ufffd中 \ue000\u08e2\u0903\u2028x\u0085y\u00ad",
    "a\u0001b\u200b\u2581c\u0085 \u008f\u000bx\u009fy\u3000\ufeff",
    "q\u0307\u0323 \u0323a\u0301\u0323 a\u0323\u0301\u0323 \u1e69\u0323 e\u0323\u0302\u0301",
    "é\u0323x ﬁ\u0301 ½ ㎦ ﷺ 가 각 \u1100\u1161\u11a8\u11a8 ｶﾞ \u0344\u0958 \u2126Å",
    "a123b½²٣x④一 3.14-15",
    "  Apples are りんご 林檎ー。Yes2 Ж",
    "-a--b- ...what?! (so)  -",
    "baac abab xabx  aa",
]


def utf16(text, offsets):
    def at(index):
        return len(text[:index].encode("utf-16-le")) // 2

    return [at(offsets[0]), at(offsets[1])]


def characters(normalizer, text):
    """Each code point of the normalized text, with its offsets."""
    pieces = PreTokenizedString(text)
    pieces.normalize(normalizer.normalize)
    pieces.split(lambda _, piece: piece.split(Regex(r"[\s\S]"), "isolated"))
    return [[piece, *utf16(text, offsets)] for piece, offsets, _ in pieces.get_splits("original", "char")]


def pieces(pre_tokenizer, text):
    return [[piece, *utf16(text, offsets)] for piece, offsets in pre_tokenizer.pre_tokenize_str(text)]


NORMALIZERS = [
    normalizers.NFC(),
    normalizers.NFD(),
    normalizers.NFKC(),
    normalizers.NFKD(),
    normalizers.Lowercase(),
    normalizers.Strip(),
    normalizers.Strip(right=False),
    normalizers.StripAccents(),
    normalizers.BertNormalizer(),
    normalizers.BertNormalizer(strip_accents=False),
    normalizers.BertNormalizer(strip_accents=True, lowercase=False, handle_chinese_chars=False),
    normalizers.BertNormalizer(lowercase=False, clean_text=False),
    normalizers.Nmt(),
    normalizers.Prepend("▁"),
    normalizers.Replace("ab", "xyz"),
    normalizers.Replace(" ", "▁"),
    normalizers.Replace("", "-"),
    normalizers.Replace(Regex(r"\s+"), ""),
    normalizers.Replace(Regex("a*"), "<$1>"),
    normalizers.Replace(Regex("^"), "🎂"),
    normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.NFC(), normalizers.Lowercase()]),
    normalizers.Sequence([normalizers.Prepend("▁"), normalizers.NFKC(), normalizers.Replace("e", "ee")]),
]

PRE_TOKENIZERS = [
    pre_tokenizers.Digits(),
    pre_tokenizers.Digits(individual_digits=True),
    pre_tokenizers.CharDelimiterSplit("-"),
    pre_tokenizers.CharDelimiterSplit("今"),
    pre_tokenizers.UnicodeScripts(),
    pre_tokenizers.FixedLength(),
    pre_tokenizers.FixedLength(1),
    pre_tokenizers.Whitespace(),
    pre_tokenizers.WhitespaceSplit(),
    pre_tokenizers.BertPreTokenizer(),
    *(
        stage(behavior)
        for behavior in ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
        for stage in [
            pre_tokenizers.Punctuation,
            lambda behavior: pre_tokenizers.Split(Regex("a*"), behavior),
            lambda behavior: pre_tokenizers.Split("", behavior),
            lambda behavior: pre_tokenizers.Split(Regex(r"(?=b)|\s+"), behavior, invert=True),
        ]
    ),
]


def main():
    golden = {
        kind: [
            {
                "json": json.loads(component.__getstate__()),
                "results": [{"text": text, "parts": parts(component, text)} for text in TEXTS],
            }
            for component in components
        ]
        for kind, components, parts in [
            ("normalizers", NORMALIZERS, characters),
            ("preTokenizers", PRE_TOKENIZERS, pieces),
        ]
    }
    (HERE / "stages.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf8")


main()
