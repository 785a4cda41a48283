"""Makes sentencepiece.json: small SentencePiece (0.2) models of corpus.txt, what SentencePiece makes of the texts with
them, and what Hugging Face's tokenizers (0.23.2) normalize with their compiled table.

    pip install tokenizers==0.23.2 sentencepiece
    python make_sentencepiece.py
"""

import base64
import io
import json
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

MODELS = {
    "unigram": {"vocab_size": 320},
    "unigram-options": {"vocab_size": 330, "add_dummy_prefix": False, "remove_extra_whitespaces": False},
    "unigram-bytes": {"vocab_size": 560, "byte_fallback": True, "character_coverage": 0.98, "pad_id": 3},
    "bpe": {"model_type": "bpe", "vocab_size": 320},
    "bpe-bytes": {"model_type": "bpe", "vocab_size": 560, "byte_fallback": True, "character_coverage": 0.98},
    "symbols": {"vocab_size": 320, "user_defined_symbols": ["<sep>", "bread"], "control_symbols": ["<cls>"]},
    "bpe-symbols": {"model_type": "bpe", "vocab_size": 320, "user_defined_symbols": ["<sep>", "bread", "bre"]},
}


def train(options):
    def codes(text):
        return " ".join(f"{ord(character):X}" for character in text)

    model = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf8") as rules:
        rules.write("".join(f"{codes(source)}\t{codes(target)}\n" for source, target in RULES.items()))
        rules.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS),
            model_writer=model,
            normalization_rule_tsv=rules.name,
            minloglevel=2,
            **{"character_coverage": 1.0, "hard_vocab_limit": False, **options},
        )
    return model.getvalue()


def encodings(model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    result = []
    for text in TEXTS:
        ids = processor.encode(text)
        result.append({"text": text, "ids": ids, "tokens": processor.encode(text, out_type=str), "decoded": processor.decode(ids)})
    return result


def main():
    models = {name: train(options) for name, options in MODELS.items()}
    charsmap = sentencepiece.SentencePieceProcessor(model_proto=models["unigram"]).serialized_model_proto()
    table = charsmap_of(charsmap)
    normalizer = normalizers.Precompiled(table)
    golden = {
        "charsmap": base64.b64encode(table).decode(),
        "normalized": [{"text": text, "normalized": normalizer.normalize_str(text)} for text in TEXTS + EXTRA],
        "models": [
            {"name": name, "model": base64.b64encode(model).decode(), "encodings": encodings(model)}
            for name, model in models.items()
        ],
    }
    text = json.dumps(golden, separators=(",", ":"), ensure_ascii=False)
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
