"""Makes untyped.json with Hugging Face's tokenizers (0.23.2): files without `type`, and vocabularies with an id twice.

    pip install tokenizers==0.23.2
    python make_untyped.py

Of tokens with one id that library picks one at random to decode, so only what does not depend on that is kept.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer

HERE = Path(__file__).parent
TEXTS = ["a", "ab", "b", "ba", "abab", "aab b", "x"]

VOCAB = {"a": 0, "b": 1, "ab": 2, "##b": 3, "[UNK]": 4}
LIST = [["<unk>", 0], ["a", -1], ["b", -2], ["ab", -2.5]]
PIECE = {"continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
UNKNOWN = {"unk_token": "[UNK]"}
BPE_NULLS = {"dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None}

MODELS = [
    {"vocab": {"a": 0}, "merges": []},
    {"vocab": VOCAB, "merges": ["a b"]},
    {"vocab": VOCAB, "merges": ["#version: 0.2", "a b"]},
    {"vocab": VOCAB, "merges": [["a", "b"]], **BPE_NULLS, "fuse_unk": False},
    {"vocab": VOCAB, "merges": ["a b"], **UNKNOWN, **PIECE, "continuing_subword_prefix": ""},
    {"vocab": VOCAB, "merges": ["a b"], "fuse_unk": None, **UNKNOWN},
    {"vocab": VOCAB, **UNKNOWN, **PIECE},
    {"vocab": VOCAB, **UNKNOWN},
    {"vocab": VOCAB, **UNKNOWN, "continuing_subword_prefix": "##"},
    {"vocab": VOCAB, **UNKNOWN, "max_input_chars_per_word": 100},
    {"vocab": VOCAB, **UNKNOWN, **PIECE, "continuing_subword_prefix": None},
    {"vocab": LIST, "unk_id": 0},
    {"vocab": LIST, "unk_id": 0, "byte_fallback": False, "merges": []},
    {"vocab": LIST, **UNKNOWN, **PIECE, "unk_id": 0},
]

STAGES = [
    ("normalizer", {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}),
    ("normalizer", {"strip_left": True, "strip_right": False}),
    ("normalizer", {"normalizers": [{"pattern": {"String": "x"}, "content": "a"}, {"prepend": "b"}]}),
    ("decoder", {"suffix": "b"}),
    ("decoder", {"prefix": "##", "cleanup": True}),
    ("decoder", {"prefix": "##", "cleanup": True, "suffix": "b"}),
    ("decoder", {"pad_token": "a", "word_delimiter_token": "|", "cleanup": True}),
    ("decoder", {"pattern": {"String": "a"}, "content": "z"}),
    ("decoder", {"content": "a", "start": 1, "stop": 0}),
    ("post_processor", {"sep": ["a", 0], "cls": ["b", 1]}),
    ("post_processor", {"sep": ["a", 0], "cls": ["b", 1], "trim_offsets": True, "add_prefix_space": True}),
    ("post_processor", {"single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": [], "special_tokens": {}}),
]

TWICE = [
    {"type": "WordLevel", "vocab": {"a": 0, "b": 0, "ab": 1, "ba": 1, "[UNK]": 2}, **UNKNOWN},
    {"type": "WordLevel", "vocab": {"ab": 7, "a": 7, "b": 0, "[UNK]": 0}, **UNKNOWN},
    {"type": "WordPiece", "vocab": {"a": 0, "##a": 0, "##b": 1, "b": 2, "[UNK]": 2}, **UNKNOWN, **PIECE},
    {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "x": 2, "abx": 3}, "merges": ["a b", "ab x"]},
    {"type": "BPE", "vocab": {"x": 2, "a": 0, "b": 1, "ab": 2, "xx": 4, "abx": 3}, "merges": ["ab x", "a b", "x x"]},
]


def file_of(model, key=None, stage=None):
    return {"version": "1.0", "added_tokens": [], "model": model, **({key: stage} if key else {})}


def encodings_of(tokenizer):
    found = []
    for text in TEXTS:
        try:
            encoding = tokenizer.encode(text)
        except Exception:  # no unknown token
            found.append({"text": text, "ids": None})
            continue
        found.append({"text": text, "ids": encoding.ids, "decoded": tokenizer.decode(encoding.ids)})
    return found


def case(file):
    tokenizer = Tokenizer.from_str(json.dumps(file))
    written = json.loads(tokenizer.to_str())
    return {"file": file, "written": written, "encodings": encodings_of(tokenizer)}


def twice(model):
    tokenizer = Tokenizer.from_str(json.dumps(file_of(model)))
    encodings = [{"text": text, "ids": tokenizer.encode(text).ids} for text in TEXTS]
    decoded = {id: set() for id in range(9)}
    for _ in range(200):  # each time it picks anew
        again = Tokenizer.from_str(json.dumps(file_of(model)))
        for id, tokens in decoded.items():
            tokens.add(again.id_to_token(id))
    candidates = [sorted(token or "" for token in tokens) for tokens in decoded.values()]
    return {"file": file_of(model), "ids": tokenizer.get_vocab(), "candidates": candidates, "encodings": encodings}


files = [file_of(model) for model in MODELS]
files += [file_of({"type": "WordLevel", "vocab": VOCAB, **UNKNOWN}, key, stage) for key, stage in STAGES]
golden = {"untyped": [case(file) for file in files], "twice": [twice(model) for model in TWICE]}
(HERE / "untyped.json").write_text(json.dumps(golden, ensure_ascii=True, sort_keys=False) + "\n", encoding="utf8")
