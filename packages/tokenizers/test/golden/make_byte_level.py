"""Makes byte-level.json and hf-byte-level.tokenizer.json with Hugging Face's tokenizers (0.23.2).

    pip install tokenizers==0.23.2
    python make_byte_level.py

Offsets are turned from code points, as Python counts, into UTF-16 code units, as JavaScript does.
"""

import json
import random
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
CORPUS = (HERE / "corpus.txt").read_text(encoding="utf8").rstrip("\n").split("\n")
TEXTS = json.loads((HERE / "texts.json").read_text(encoding="utf8")) + [
    "I'm sure they'll say we've won, it's 'S or 're 'l 'v '",
    "x  y   z \n\n a\t\tb  ",
    " 's '", "a\u00a0\u00a0b \u0301c", "١٢٣ ½² 𝟙𝟚 𐐀𐐁 !?…  ", "\u2028\u2029 x\u200b", "\u00e9\u0142ę 🎂🎂", "\ufeffx",
]


def random_texts(count):
    """Texts of few characters that meet all of the pattern's alternatives."""
    rng = random.Random(5)
    alphabet = list("   's'tlrevemdab1½!.\n\t\u00a0é中🎂𝟙\u0301")
    return ["".join(rng.choice(alphabet) for _ in range(rng.randint(1, 24))) for _ in range(count)]


def utf16(text, offsets):
    def at(index):
        return len(text[:index].encode("utf-16-le")) // 2

    return [[at(start), at(end)] for start, end in offsets]


def state(component):
    return json.loads(component.__getstate__())


def pieces(component, texts):
    for text in texts:
        found = component.pre_tokenize_str(text)
        yield {
            "text": text,
            "pieces": [piece for piece, _ in found],
            "offsets": utf16(text, [offsets for _, offsets in found]),
        }


def trained():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=500,
            special_tokens=["<|endoftext|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return tokenizer


def encodings(tokenizer, texts):
    for text in texts:
        encoding = tokenizer.encode(text)
        yield {
            "text": text,
            "ids": encoding.ids,
            "tokens": encoding.tokens,
            "offsets": utf16(text, encoding.offsets),
            "wordIds": encoding.word_ids,
            "decoded": tokenizer.decode(encoding.ids),
        }


def main():
    tokenizer = trained()
    tokenizer.save(str(HERE / "hf-byte-level.tokenizer.json"))
    texts = TEXTS + random_texts(60)
    variants = []
    for prefix in (False, True):
        for trim in (None, False, True):
            tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
            if trim is not None:
                tokenizer.post_processor = processors.ByteLevel(add_prefix_space=prefix, trim_offsets=trim)
            elif prefix:
                continue
            variants.append(
                {"addPrefixSpace": prefix, "trimOffsets": trim, "encodings": list(encodings(tokenizer, texts))}
            )
    components = [
        pre_tokenizers.ByteLevel(add_prefix_space=False),
        pre_tokenizers.ByteLevel(),
        pre_tokenizers.ByteLevel(use_regex=False),
    ]
    decoder = decoders.ByteLevel()
    token_lists = [[], ["Ġa", "b"], ["ðŁ", "İ", "Ĥ"], ["ðŁ"], ["Ġ", "a b", "é", "中"], ["ï»¿", "x"], ["Ã", "a", "©"]]
    golden = {
        "preTokenizers": [{"json": state(c), "results": list(pieces(c, texts))} for c in components],
        "normalizer": [{"text": t, "normalized": normalizers.ByteLevel().normalize_str(t)} for t in TEXTS],
        "decoder": [{"tokens": tokens, "decoded": decoder.decode(tokens)} for tokens in token_lists],
        "variants": variants,
    }
    text = json.dumps(golden, separators=(",", ":"), ensure_ascii=True)
    (HERE / "byte-level.json").write_text(text + "\n", encoding="utf8")


main()
