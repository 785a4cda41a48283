"""Makes regexes.json: where Oniguruma, in Hugging Face's tokenizers (0.23.2), finds regular expressions.

    pip install tokenizers==0.23.2
    python make_regexes.py
"""

import json
from pathlib import Path

from tokenizers import Regex, normalizers

HERE = Path(__file__).parent
GPT4 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEXTS = [
    "it'S'T ab AB aab aaa a\na\n",
    "aé1_ \u0301\u200d²٣ \u0085\ufeff\u000b\u180e\u2028b a!$+。\u00a0\tx④½",
    "afg 9Ag1 今り🎂 baac a{2} -]} #\x01\x07\x1b\r\nend K\u212a ſs",
    "",
    "ʕ\u0378\ufdd0\ue000",
]
PATTERNS = [
    GPT4, r"(?i)ab", r"a(?i)b|c", r"\p{L}++a", r"(?>a+)b", r"a*+a", r"a?+", r"\h", r"\H", r"\Aa", r"a\z", r"a\Z", r"a$",
    r"^a", r"^", r".", r"(?m:.)", r"[[:alpha:]]", r"[[:^alpha:]]", r"[[:punct:]]", r"[[:space:]]", r"[[:alnum:]]",
    r"[[:digit:]]", r"[[:upper:]]", r"[[:lower:]]", r"[[:cntrl:]]", r"[[:graph:]]", r"[[:print:]]", r"[[:xdigit:]]",
    r"[[:blank:]]", r"[[:word:]]", r"[[:ascii:]]", r"\s", r"\S+", r"\w", r"\W", r"\d", r"\D", r"\b", r"\B",
    r"[a-z&&[^aeiou]]", r"[^a-z&&[^aeiou]]", r"[a[b]]", r"[]a]", r"[^]a]", r"[\w-]", r"[a&b]", r"[^\S\r\n]",
    r"\p{Alpha}", r"\p{^L}", r"\P{L}", r"\P{^L}", r"\p{Han}", r"\p{hiragana}", r"\p{lu}", r"\p{Letter}", r"\p{Punct}",
    r"\R", r"\N", r"\O", r"(?<n>a)\k<n>", r"(a)(?>a)\1", r"(?<=a)b", r"(?<!a)b", r"(?x) a b # c", r"\x{4eca}",
    r"\u4eca", r"\x41", r"\cA", r"\e|\a", r"a{,2}b", r"a{2", r"a{1,2}+", r"(?:a{2}?)", r"}|]", r"\-\#", r"[\-\#]",
    r"(?i:k)", r"(?i:[a-b])", r"(?i-m:a)", r"(?#c)a", r"a|", r"\s+$", r"[\s\S]",
    r"\p{Word}", r"\P{Word}", r"\p{Any}", r"\p{Cased}", r"\p{Unknown}", r"\p{Noncharacter_Code_Point}",
]  # fmt: skip


def main():
    golden = [
        {
            "pattern": pattern,
            "results": [
                {"text": text, "marked": normalizers.Replace(Regex(pattern), "#").normalize_str(text)} for text in TEXTS
            ],
        }
        for pattern in PATTERNS
    ]
    (HERE / "regexes.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf8")


main()
