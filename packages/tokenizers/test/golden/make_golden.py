"""Makes golden.json with Hugging Face's tokenizers (0.23.2) from the files of write-tokenizers.ts.

    pip install tokenizers==0.23.2
    python make_golden.py

Offsets are turned from code points, as Python counts, into UTF-16 code units, as JavaScript does.
"""

import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text(encoding="utf8"))
CORPUS = (HERE / "corpus.txt").read_text(encoding="utf8").rstrip("\n").split("\n")
SPECIAL = ["<pad>", "<unk>", "<s>", "</s>"]

# Devanagari conjuncts are one grapheme cluster since Unicode 15.1, which the regex engine behind \X is older than.
CONJUNCTS = [text for text in TEXTS if "\u094d" in text]


def utf16(text, offsets):
    def at(index):
        return len(text[:index].encode("utf-16-le")) // 2

    return [[at(start), at(end)] for start, end in offsets]


def texts_for(component):
    return [text for text in TEXTS if text not in CONJUNCTS] if "\\X" in repr(component) else TEXTS


def encodings(tokenizer):
    result = []
    for text in texts_for(tokenizer.pre_tokenizer):
        plain = tokenizer.encode(text, add_special_tokens=False)
        result.append(
            {
                "text": text,
                "ids": plain.ids,
                # Not plain.tokens, which for added tokens give the stretch of text, white space included.
                "tokens": [tokenizer.id_to_token(id) for id in plain.ids],
                "offsets": utf16(text, plain.offsets),
                "idsWithSpecial": tokenizer.encode(text).ids,
                "decoded": tokenizer.decode(plain.ids),
                "decodedWithSpecial": tokenizer.decode(plain.ids, skip_special_tokens=False),
            }
        )
    return result


def state(component):
    return json.loads(component.__getstate__())


def trained():
    """Vocabularies and merges that Hugging Face's own trainers choose for the same pipelines."""
    result = {}
    for name, trainer in {
        "word": trainers.WordLevelTrainer(min_frequency=2, special_tokens=SPECIAL, show_progress=False),
        "word-lower-nfkc": trainers.WordLevelTrainer(vocab_size=60, special_tokens=SPECIAL, show_progress=False),
        "word-metaspace": trainers.WordLevelTrainer(special_tokens=SPECIAL, show_progress=False),
        "char": trainers.WordLevelTrainer(special_tokens=SPECIAL, show_progress=False),
        "char-grapheme": trainers.WordLevelTrainer(special_tokens=SPECIAL, show_progress=False),
        "bpe": trainers.BpeTrainer(vocab_size=400, min_frequency=2, special_tokens=SPECIAL, show_progress=False),
        "bpe-lower-nfkc": trainers.BpeTrainer(vocab_size=500, min_frequency=1, special_tokens=SPECIAL, show_progress=False),
    }.items():
        ours = Tokenizer.from_file(str(HERE / f"{name}.tokenizer.json"))
        model = models.BPE(unk_token="<unk>") if name.startswith("bpe") else models.WordLevel(unk_token="<unk>")
        tokenizer = Tokenizer(model)
        if ours.normalizer is not None:
            tokenizer.normalizer = ours.normalizer
        tokenizer.pre_tokenizer = ours.pre_tokenizer
        tokenizer.train_from_iterator(CORPUS, trainer)
        saved = json.loads(tokenizer.to_str())["model"]
        vocab = sorted(saved["vocab"], key=saved["vocab"].get)
        result[name] = {"vocab": vocab, "merges": saved.get("merges")}
    return result


def hand_built():
    """Files with components that training does not use, as Hugging Face writes them."""
    bert = Tokenizer(models.WordLevel({"[PAD]": 0, "[UNK]": 1, "the": 2, "cafe": 3, ",": 4, "and": 5}, unk_token="[UNK]"))
    bert.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents(), normalizers.Strip()]
    )
    bert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    bert.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    bert.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 6), ("[SEP]", 7)]
    )

    added = Tokenizer.from_file(str(HERE / "word-metaspace.tokenizer.json"))
    added.normalizer = normalizers.Lowercase()
    added.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    added.add_tokens(
        [
            AddedToken("and", single_word=True, normalized=True),
            AddedToken("Mann", lstrip=True, rstrip=True, normalized=False),
            AddedToken("MANN, DER", normalized=True),
            AddedToken("ag", rstrip=True, single_word=False, normalized=True),
            AddedToken("a", single_word=True, normalized=True, lstrip=True),
        ]
    )

    fused = Tokenizer.from_file(str(HERE / "bpe.tokenizer.json"))
    saved = json.loads(fused.to_str())
    saved["model"]["fuse_unk"] = True
    saved["model"]["ignore_merges"] = True
    saved["model"]["merges"] = saved["model"]["merges"][:150]
    fused = Tokenizer.from_str(json.dumps(saved))
    fused.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fused.decoder = decoders.Fuse()

    return {"hf-bert-like": bert, "hf-added-tokens": added, "hf-bpe-options": fused}


PRE_TOKENIZERS = [
    pre_tokenizers.Whitespace(),
    pre_tokenizers.WhitespaceSplit(),
    pre_tokenizers.BertPreTokenizer(),
    pre_tokenizers.Punctuation(),
    pre_tokenizers.Punctuation("removed"),
    pre_tokenizers.Punctuation("contiguous"),
    pre_tokenizers.Punctuation("merged_with_previous"),
    pre_tokenizers.Punctuation("merged_with_next"),
    pre_tokenizers.Metaspace(),
    pre_tokenizers.Metaspace(prepend_scheme="first"),
    pre_tokenizers.Metaspace(prepend_scheme="never"),
    pre_tokenizers.Metaspace(split=False),
    pre_tokenizers.Metaspace(replacement="_"),
    pre_tokenizers.Metaspace(replacement="𝔘"),
    pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated"),
    pre_tokenizers.Split(Regex(r"\X"), "isolated"),
    pre_tokenizers.Split(Regex(r"[0-9]+"), "merged_with_next"),
    pre_tokenizers.Split("e", "merged_with_previous"),
    pre_tokenizers.Split("e", "removed", invert=True),
    pre_tokenizers.Split(".", "isolated"),
    pre_tokenizers.Split("", "isolated"),
    pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()]),
]

NORMALIZERS = [
    normalizers.NFC(),
    normalizers.NFD(),
    normalizers.NFKC(),
    normalizers.NFKD(),
    normalizers.Lowercase(),
    normalizers.Strip(),
    normalizers.Strip(left=False),
    normalizers.StripAccents(),
    normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]),
]


def main():
    golden = {"encodings": {}, "trained": trained(), "preTokenizers": [], "normalizers": []}
    for path in sorted(HERE.glob("*.tokenizer.json")):
        if not path.name.startswith("hf-"):
            golden["encodings"][path.name] = encodings(Tokenizer.from_file(str(path)))
    for name, tokenizer in hand_built().items():
        tokenizer.save(str(HERE / f"{name}.tokenizer.json"))
        golden["encodings"][f"{name}.tokenizer.json"] = encodings(tokenizer)
    for component in PRE_TOKENIZERS:
        results = []
        for text in texts_for(component):
            pieces = component.pre_tokenize_str(text)
            offsets = utf16(text, [offset for _, offset in pieces])
            results.append({"text": text, "pieces": [piece for piece, _ in pieces], "offsets": offsets})
        golden["preTokenizers"].append({"json": state(component), "results": results})
    for component in NORMALIZERS:
        results = [{"text": text, "normalized": component.normalize_str(text)} for text in TEXTS]
        golden["normalizers"].append({"json": state(component), "results": results})
    (HERE / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf8")


main()
