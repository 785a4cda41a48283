"""Makes sentencepiece.json: small SentencePiece (0.2.2) models of corpus.txt and some written by hand, what SentencePiece
makes of texts and ids with them, and what Hugging Face's tokenizers (0.23.2) normalize with their compiled table.

    pip install tokenizers==0.23.2 sentencepiece==0.2.2
    python make_sentencepiece.py
"""

import base64
import io
import json
import random
import struct
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import normalizers

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text(encoding="utf8"))
CORPUS = (HERE / "corpus.txt").read_text(encoding="utf8").rstrip("\n").split("\n")

# A table of its own, since that of nmt_nfkc is large: pairs of what is replaced and what stands for it.
RULES = {
    "½": "1⁄2",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "①": "1",
    "Ａ": "A",
    "Ｂ": "B",
    "e\u0301": "é",
    "a\u0301": "á",
    "a\u0301\u0302": "?",
    "ｶ": "カ",
    "ｶﾞ": "ガ",
    "\u00a0": " ",
    "\u3000": " ",
    "\t": " ",
    "\r": " ",
    "\n": " ",
    "\u200b": "",
    "\ufeff": "",
    "…": "...",
    "𝔘": "U",
}
EXTRA = ["a\u0301\u0302b", "½½", "x\u0301e\u0301\u0302", "\r\n", "e\u0301", "\ufeff", "👩‍👩‍👧½"]

BACK = {"é": "e\u0301", "...": "…", "fi": "ﬁ"}

SYMBOLS = ["<sep>", "bread", "bre", "▁▁", "!!", "a b", "½", "\t"]

MODELS = {
    "unigram": {"vocab_size": 320},
    "unigram-options": {"vocab_size": 330, "add_dummy_prefix": False, "remove_extra_whitespaces": False},
    "unigram-bytes": {"vocab_size": 560, "byte_fallback": True, "character_coverage": 0.98, "pad_id": 3},
    "bpe": {"model_type": "bpe", "vocab_size": 320},
    "bpe-bytes": {"model_type": "bpe", "vocab_size": 560, "byte_fallback": True, "character_coverage": 0.98},
    "symbols": {"vocab_size": 320, "user_defined_symbols": SYMBOLS, "control_symbols": ["<cls>"]},
    "bpe-symbols": {"model_type": "bpe", "vocab_size": 320, "user_defined_symbols": SYMBOLS},
    "char": {"model_type": "char", "vocab_size": 320},
    "char-symbols": {
        "model_type": "char",
        "vocab_size": 560,
        "byte_fallback": True,
        "character_coverage": 0.98,
        "user_defined_symbols": SYMBOLS,
        "escape": False,
    },
    "word": {"model_type": "word", "vocab_size": 320},
    "word-options": {
        "model_type": "word",
        "vocab_size": 320,
        "treat_whitespace_as_suffix": True,
        "remove_extra_whitespaces": False,
        "unk_surface": "?",
    },
    "suffix": {"vocab_size": 320, "treat_whitespace_as_suffix": True, "unk_id": 2, "bos_id": -1, "eos_id": 0, "pad_id": 1},
    "across-words": {"model_type": "bpe", "vocab_size": 320, "split_by_whitespace": False, "unk_piece": "[UNK]"},
    "denormal": {"vocab_size": 320, "denormal": BACK, "remove_extra_whitespaces": False},
}

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED = 1, 2, 3, 4, 5
SPECIAL = [("<unk>", 0, UNKNOWN), ("<s>", 0, CONTROL), ("</s>", 0, CONTROL)]
LONG = [("P" * length, -100.0 * length - 0.1, NORMAL) for length in range(1, 9)]

# Models that no trainer writes: pieces with their scores and types, and the number of the model type.
WRITTEN = {
    # Sums that differ in float64 and are equal in float32, and the reverse.
    "ties": (1, [*SPECIAL, *LONG, (".", -3.1, NORMAL), ("..", -6.2, NORMAL), ("...", -9.3, NORMAL), ("0", -0.1, NORMAL)]),
    "unused": (1, [*SPECIAL, ("a", -1, NORMAL), ("b", -2, UNUSED), ("ab", -1, UNUSED), ("ba", -4, NORMAL), ("q.", 0, USER_DEFINED)]),
    # Equal scores, pieces whose parts are none, and unused pieces, which come apart again.
    "merges": (
        2,
        [*SPECIAL, ("a", -1, NORMAL), ("aa", 0, NORMAL), ("aaa", 0, NORMAL), ("xy", -2, NORMAL), ("b", -1, NORMAL)]
        + [("bb", -3, UNUSED), ("bbb", -4, UNUSED), ("bba", -5, NORMAL), ("0", -7, CONTROL)],
    ),
    "control-twice": (4, [*SPECIAL, ("<s>", 0, USER_DEFINED), ("a", -1, NORMAL), ("▁", -1, NORMAL)]),
}

SENTENCES = [
    "....",
    ". .. ... .... ..... ......",
    "PPPPPPP..... PPPPPPPPPPPPP.......",
    "0000000 !!!! !!!",
    "a</s>b <s>x <unk> <cls><pad>",
    "bread<sep>the  bread\tbre a b ½ !!!",
    "ﬂ\u0301 ﬁ\u0301 ½\u0301 e\u0301\u0302 a\u0301\u0302",
    "▁the ▁▁a▁ ▁",
    "aaaaaaa bbbbb bba xyxy <s>",
    "ababa bab abba q.q..",
    "… fi é …",
    "\0a\0 🙂 🏳️‍🌈 \u0301",
]


def train(options):
    def codes(text):
        return " ".join(f"{ord(character):X}" for character in text)

    options = dict(options)
    # Trainers want spaces to be escaped: a second normalizer_spec, which is merged into the first, says otherwise.
    patch = b"" if options.pop("escape", True) else bytes([3 << 3 | 2, 2, 5 << 3, 0])
    model = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for option, rules in (("normalization", RULES), ("denormalization", options.pop("denormal", None))):
            if rules is not None:
                file = Path(folder) / f"{option}.tsv"
                file.write_text("".join(f"{codes(old)}\t{codes(new)}\n" for old, new in rules.items()), "utf8")
                files[f"{option}_rule_tsv"] = str(file)
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS),
            model_writer=model,
            minloglevel=2,
            **files,
            **{"character_coverage": 1.0, "hard_vocab_limit": False, **options},
        )
    return model.getvalue() + patch


def written(model_type, pieces):
    """The bytes of a model without normalization, that adds no space and removes none."""

    def field(number, payload):
        return bytes([number << 3 | 2, len(payload)]) + payload

    messages = [
        field(1, field(1, piece.encode()) + bytes([2 << 3 | 5]) + struct.pack("<f", score) + bytes([3 << 3, kind]))
        for piece, score, kind in pieces
    ]
    return b"".join(messages) + field(2, bytes([3 << 3, model_type])) + field(3, bytes([3 << 3, 0, 4 << 3, 0]))


def answers(name, model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    encodings = []
    for text in TEXTS + SENTENCES:
        try:
            encodings.append({"text": text, **encoding(processor, text)})
        except RuntimeError:  # it fails on a part of a text that is spelled like a control symbol
            continue
    source = random.Random(7)
    special = [id for id in range(processor.get_piece_size()) if processor.is_byte(id) or processor.is_control(id)]
    # A piece that is spelled like a control symbol is skipped with it here, and written by SentencePiece.
    controls = {processor.id_to_piece(id) for id in special}
    ordinary = [id for id in range(processor.get_piece_size()) if processor.id_to_piece(id) not in controls]
    choices = [ordinary, [*special, processor.unk_id()]]
    lists = [[source.choice(source.choice(choices)) for _ in range(source.randrange(1, 9))] for _ in range(40)]
    decodings = [{"ids": ids, "decoded": processor.decode(ids)} for ids in lists]
    return {"name": name, "model": base64.b64encode(model).decode(), "encodings": encodings, "decodings": decodings}


def encoding(processor, text):
    places = utf16_places(text)
    pieces = [
        dict(fields(value))
        for number, value in fields(processor.encode(text, return_type="serialized_proto"))
        if number == 2
    ]
    ids = [piece.get(2, 0) for piece in pieces]
    return {
        "ids": ids,
        "tokens": [piece[1].decode() for piece in pieces],
        "offsets": [[places[piece.get(4, 0)], places[piece.get(5, 0)]] for piece in pieces],
        "decoded": processor.decode(ids),
    }


def utf16_places(text):
    """By the place of a character in UTF-8 bytes."""
    places, at, place = {0: 0}, 0, 0
    for character in text:
        at += len(character.encode())
        place += len(character.encode("utf-16-le")) // 2
        places[at] = place
    return places


def main():
    models = {name: train(options) for name, options in MODELS.items()}
    table = charsmap_of(models["unigram"])
    normalizer = normalizers.Precompiled(table)
    models |= {name: written(*model) for name, model in WRITTEN.items()}
    golden = {
        "charsmap": base64.b64encode(table).decode(),
        "normalized": [{"text": text, "normalized": normalizer.normalize_str(text)} for text in TEXTS + EXTRA],
        "models": [answers(name, model) for name, model in models.items()],
    }
    # In ASCII, so that no editor changes a text.
    text = json.dumps(golden, separators=(",", ":"))
    (HERE / "sentencepiece.json").write_text(text + "\n", encoding="utf8")


def charsmap_of(model):
    """Field 2 (precompiled_charsmap) of field 3 (normalizer_spec) of the protocol buffer."""
    return dict(fields(dict(fields(model))[3]))[2]


def fields(message):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
            continue
        size = {1: 8, 5: 4}[tag & 7] if tag & 7 in (1, 5) else varint()
        yield tag >> 3, message[at : at + size]
        at += size


main()
