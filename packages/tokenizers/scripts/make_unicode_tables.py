"""Writes src/text/unicode-tables.ts: which characters Hugging Face's tokenizers (0.23.2) takes for what.

    pip install tokenizers==0.23.2
    python make_unicode_tables.py

Its parts are built on Unicode tables of different ages, so the library itself is asked about every code point.
"""

from pathlib import Path

from tokenizers import Regex, normalizers, pre_tokenizers

OUT = Path(__file__).parent.parent / "src" / "text" / "unicode-tables.ts"
CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def matching(pattern):
    """Characters that a regular expression matches."""
    pieces = pre_tokenizers.Split(Regex(pattern), "removed").pre_tokenize_str
    return {character for character in CHARACTERS if not pieces(character)}


def cut_out(pre_tokenizer, parts):
    """Characters at which a pre-tokenizer cuts `a?a` into this many pieces."""
    pieces = pre_tokenizer.pre_tokenize_str
    return {character for character in CHARACTERS if len(pieces(f"a{character}a")) == parts}


def removed(normalizer):
    return {character for character in CHARACTERS if normalizer.normalize_str(character) == ""}


def bert(**options):
    off = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return normalizers.BertNormalizer(**{**off, **options})


def normalized():
    """Characters that decompose, are reordered, or are part of a composition."""
    nfd, nfkd = normalizers.NFD().normalize_str, normalizers.NFKD().normalize_str
    found = set()
    for character in CHARACTERS:
        if nfkd(character) != character:
            found.update([character, *nfd(character)])
        if any(nfd(text) != text for text in (character + "\u0334", "\u0301" + character)):
            found.add(character)
    return found | {chr(code) for code in range(0x1100, 0x1200)}  # the parts of Hangul syllables


def scripted():
    """Characters at which UnicodeScripts cuts behind a letter of one script or of another."""
    pieces = pre_tokenizers.UnicodeScripts().pre_tokenize_str
    return {character for character in CHARACTERS if any(len(pieces(other + character)) > 1 for other in "aא")}


TABLES = [
    ("ASSIGNED", "Code points that regular expressions do not take for unassigned", lambda: set(CHARACTERS) - matching(r"\p{Cn}")),
    ("LETTERS", "`\\p{L}` of regular expressions and of ByteLevel", lambda: matching(r"\p{L}")),
    ("NUMBERS", "`\\p{N}` of regular expressions and of ByteLevel", lambda: matching(r"\p{N}")),
    ("NUMERIC", "Characters that Digits cuts out", lambda: cut_out(pre_tokenizers.Digits(), 3)),
    ("WORD_CHARACTERS", "`\\w` of Whitespace and of added tokens", lambda: cut_out(pre_tokenizers.Whitespace(), 1)),
    ("PUNCTUATION_MARKS", "Punctuation of Punctuation and BertPreTokenizer", lambda: cut_out(pre_tokenizers.Punctuation(), 3)),
    ("CLEANED_OUT", "What BertNormalizer takes out of a text when it cleans it", lambda: removed(bert(clean_text=True))),
    ("BERT_ACCENTS", "What BertNormalizer takes for an accent", lambda: removed(bert(strip_accents=True))),
    ("COMBINING_MARKS", "What StripAccents takes for an accent", lambda: removed(normalizers.StripAccents())),
    ("NORMALIZED", "Characters that the Unicode forms change, move or compose", normalized),
    ("SCRIPTED", "Characters whose script UnicodeScripts knows", scripted),
]


def encoded(characters):
    """Lengths of runs outside and inside of the set in turn, in base 32 from the lowest digit, each but the last of a
    number with 32 added, as characters of base64."""
    lengths, inside, run = [], False, 0
    for code in range(0x110000):
        if (chr(code) in characters) != inside:
            lengths.append(run)
            inside, run = not inside, 0
        run += 1
    if inside:
        lengths.append(run)
    text = ""
    for length in lengths:
        while length >= 32:
            text += DIGITS[length % 32 + 32]
            length //= 32
        text += DIGITS[length]
    return text


def main():
    lines = [
        "/** Sets of characters as runs, see `unicode.ts`; written by scripts/make_unicode_tables.py. */",
        "",
    ]
    for name, about, characters in TABLES:
        lines += [f"/** {about}. */", f'export const {name}: string =\n  "{encoded(characters())}";', ""]
    OUT.write_text("\n".join(lines), encoding="utf8")


main()
