"""Makes unigram.json with Hugging Face's tokenizers (0.23.2): a model trained on corpus.txt, and its encodings.

    pip install tokenizers==0.23.2
    python make_unigram.py

Offsets are turned from code points, as Python counts, into UTF-16 code units, as JavaScript does.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text(encoding="utf8"))
CORPUS = (HERE / "corpus.txt").read_text(encoding="utf8").rstrip("\n").split("\n")


def utf16(text, offsets):
    def at(index):
        return len(text[:index].encode("utf-16-le")) // 2

    return [[at(start), at(end)] for start, end in offsets]


def trained():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=320, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return json.loads(tokenizer.to_str())


def with_bytes(saved):
    """Byte fallback, with all bytes or with those of the emoji alone missing; the unknown token is not the first."""
    tokens = [["<0x%02X>" % byte, -20.0] for byte in range(256)]
    vocab = tokens + [entry for entry in saved["model"]["vocab"]]
    model = {**saved["model"], "vocab": vocab, "unk_id": 256, "byte_fallback": True}
    return {**saved, "model": model, "added_tokens": []}


def ties():
    """All segmentations of equal length in tokens score the same."""
    words = ["a", "b", "ab", "ba", "aa", "aba", "bab", "abab"]
    vocab = [["<unk>", 0.0]] + [[word, -2.0 * len(word)] for word in words]
    return {"model": {"type": "Unigram", "unk_id": 0, "vocab": vocab, "byte_fallback": False}}


def encodings(saved, texts):
    tokenizer = Tokenizer.from_str(json.dumps(saved))
    result = []
    for text in texts:
        plain = tokenizer.encode(text, add_special_tokens=False)
        decoded = tokenizer.decode(plain.ids)
        offsets = utf16(text, plain.offsets)
        result.append({"text": text, "ids": plain.ids, "tokens": plain.tokens, "offsets": offsets, "decoded": decoded})
    return result


def main():
    saved = trained()
    cases = {"trained": saved, "byte-fallback": with_bytes(saved)}
    golden = [{"name": name, "json": case, "encodings": encodings(case, TEXTS)} for name, case in cases.items()]
    texts = ["abababab", "aabbaabab", "bababxab", "xx<unk>ab", "aaaaab"]
    empty = {key: None for key in ("truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder")}
    case = {"version": "1.0", **empty, "added_tokens": [], **ties()}
    golden.append({"name": "ties", "json": case, "encodings": encodings(case, texts)})
    (HERE / "unigram.json").write_text(json.dumps(golden, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf8")


main()
