"""Makes subwords.json with Hugging Face's tokenizers (0.23.2): what its subword trainers learn from the words of
corpus.txt, and how its subword models cut pieces.

    pip install tokenizers==0.23.2
    python make_subwords.py

Its trainers give marked characters such as "##a" their ids in an order that changes from run to run. Here they get
them by code point, as ours do, by being special tokens. Offsets are in UTF-16 code units, as in JavaScript.
"""

import json
from collections import Counter
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

HERE = Path(__file__).parent
CORPUS = (HERE / "corpus.txt").read_text(encoding="utf8").rstrip("\n").split("\n")
SPECIAL = ["[PAD]", "[UNK]"]
WORDS = Counter(word for line in CORPUS for word, _ in pre_tokenizers.Whitespace().pre_tokenize_str(line))


def alphabet(limit, initial):
    counts = Counter()
    for word, count in WORDS.items():
        for character in word:
            counts[character] += count
    for character in initial:
        counts[character] = 10**9
    ranked = counts.most_common()
    if limit is not None:
        assert ranked[limit - 1][1] > ranked[limit][1], "a limit among equals is decided by chance"
        ranked = ranked[:limit]
    return sorted(character for character, _ in ranked)


def marked(characters, prefix, suffix):
    forms = set()
    for word in WORDS:
        for at, character in enumerate(word):
            if character in characters:
                forms.add((prefix if at > 0 else "") + character + (suffix if at == len(word) - 1 else ""))
    return sorted(forms - set(characters))


def trained(kind, **options):
    characters = alphabet(options.get("limit_alphabet"), options.get("initial_alphabet", []))
    prefix = options.get("continuing_subword_prefix", "##" if kind == "WordPiece" else "")
    forms = marked(characters, prefix, options.get("end_of_word_suffix", ""))
    Trainer = {"WordPiece": trainers.WordPieceTrainer, "BPE": trainers.BpeTrainer}[kind]
    model = {"WordPiece": models.WordPiece, "BPE": models.BPE}[kind](unk_token="[UNK]")
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = Trainer(special_tokens=SPECIAL + characters + forms, show_progress=False, **options)
    tokenizer.train_from_iterator(CORPUS, trainer)
    saved = json.loads(tokenizer.to_str())["model"]
    vocab = sorted(saved["vocab"], key=saved["vocab"].get)
    return {"kind": kind, "options": options, "vocab": vocab, "merges": saved.get("merges")}


def utf16(text, offsets):
    return [[len(text[:at].encode("utf-16-le")) // 2 for at in range_] for range_ in offsets]


def cut(tokens, pieces, merges=None, **options):
    vocab = {token: id for id, token in enumerate(tokens)}
    model = models.WordPiece(vocab, **options) if merges is None else models.BPE(vocab=vocab, merges=merges, **options)
    tokenizer = Tokenizer(model)
    results = []
    for piece in pieces:
        encoding = tokenizer.encode(piece)
        offsets = utf16(piece, encoding.offsets)
        results.append({"piece": piece, "ids": encoding.ids, "tokens": encoding.tokens, "offsets": offsets})
    return {"model": json.loads(tokenizer.to_str())["model"], "results": results}


BYTES = ["<unk>", "a", "b", "ab", "<0xF0>", "<0x9F>", "<0x8E>", "<0x82>", "<0x7A>", "<0xF0><0x9F>", "<0x23>", "<0x79>"]
MARKED = ["<unk>", "a", "b", "##b", "##b</w>", "b</w>", "ab", "ab</w>", "bb</w>", "##a", "##a</w>", "##ba</w>"]
MARKED_MERGES = [("a", "##b"), ("a", "##b</w>"), ("b", "##b</w>"), ("##b", "##a</w>")]
AMBIGUOUS = ["<unk>", "a", "b", "c", "d", "bc", "ab", "abc", "cd"]
AMBIGUOUS_MERGES = [("c", "d"), ("a", "bc"), ("b", "c"), ("a", "b"), ("ab", "c")]
PIECES = ["ab", "aab", "abb", "bab", "a", "b", "xb", "axxb", "a🎂b", "🎂🎂", "zab", "ayb", "abcd", "ba", "bba"]


def main():
    golden = {
        "words": sorted(WORDS.items()),
        "trained": [
            trained("WordPiece", vocab_size=500),
            trained("WordPiece", vocab_size=2000, min_frequency=2),
            trained("WordPiece", vocab_size=420, limit_alphabet=17, initial_alphabet=["é", "Ω"]),
            trained("WordPiece", vocab_size=450, continuing_subword_prefix="@@", end_of_word_suffix="</w>"),
            trained("BPE", vocab_size=400, end_of_word_suffix="</w>", min_frequency=2),
            trained("BPE", vocab_size=400, continuing_subword_prefix="##"),
            trained("BPE", vocab_size=600, max_token_length=2),
            trained("BPE", vocab_size=600, max_token_length=5),
            trained("BPE", vocab_size=300, limit_alphabet=17, initial_alphabet=["é", "Ω"]),
        ],
        "cut": [
            cut(["[UNK]", "a", "##b", "##", "##🎂", "ab", "##bb"], PIECES + ["##b", "a" + 5 * "🎂", "abbbbb"],
                max_input_chars_per_word=5),
            cut(["<u>", "a", "@@b", "@@a", "b"], PIECES, unk_token="<u>", continuing_subword_prefix="@@"),
            cut(["[UNK]", "a", "b", "ab"], PIECES, continuing_subword_prefix=""),
            cut(AMBIGUOUS, PIECES, AMBIGUOUS_MERGES, unk_token="<unk>"),
            cut(AMBIGUOUS, PIECES, AMBIGUOUS_MERGES, unk_token="<unk>", ignore_merges=True, fuse_unk=True),
            cut(BYTES, PIECES, [("a", "b"), ("<0xF0>", "<0x9F>")], unk_token="<unk>", byte_fallback=True),
            cut(BYTES, PIECES, [("a", "b")], unk_token="<unk>", byte_fallback=True, fuse_unk=True),
            cut(MARKED, PIECES, MARKED_MERGES, unk_token="<unk>", continuing_subword_prefix="##",
                end_of_word_suffix="</w>"),
        ],
    }
    (HERE / "subwords.json").write_text(json.dumps(golden, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf8")


main()
