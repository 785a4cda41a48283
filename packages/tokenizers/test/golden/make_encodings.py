"""Makes encodings.json with Hugging Face's tokenizers (0.23.2): pairs, truncation, padding, and added tokens.

    pip install tokenizers==0.23.2
    python make_encodings.py

Offsets are turned from code points, as Python counts, into UTF-16 code units, as JavaScript does.

Since 0.23 a tokenizer that truncates stops encoding once it has enough tokens: what overflows is cut short, and word
ids count from where encoding began. The values here are those of truncating the whole encoding, as versions before did.
"""

import itertools
import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers, processors

HERE = Path(__file__).parent
FIRST = "The bakery sells bread, é and rolls."
SECOND = "Ein Mann wartet, über die Brücke."


def utf16(text, offsets):
    def at(index):
        return len(text[:index].encode("utf-16-le")) // 2

    return [[at(start), at(end)] for start, end in offsets]


def describe(encoding, texts=("",), top=True):
    """Offsets are converted where there is one text; in pairs, no character is longer than a unit."""
    described = {
        "ids": encoding.ids,
        "tokens": encoding.tokens,
        "offsets": utf16(texts[0], encoding.offsets) if len(texts) == 1 else encoding.offsets,
        "wordIds": encoding.word_ids,
        "attentionMask": encoding.attention_mask,
        "specialTokensMask": encoding.special_tokens_mask,
        "overflowing": [describe(part, texts, top=False) for part in encoding.overflowing],
    }
    # Parts that overflowed lack the sequence ids, and the type ids since the pair is encoded by itself below.
    return described | ({"sequenceIds": encoding.sequence_ids, "typeIds": encoding.type_ids} if top else {})


def template(tokenizer):
    token = "<|endoftext|>"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{token} $A {token}",
        pair=f"{token} $A {token} $B:1 {token}:1",
        special_tokens=[(token, tokenizer.token_to_id(token))],
    )


def cases():
    lengths = [4, 7, 9, 12, 15, 60]
    for length, stride, strategy, direction in itertools.product(
        lengths, [0, 1], ["longest_first", "only_first", "only_second"], ["right", "left"]
    ):
        yield {"max_length": length, "stride": stride, "strategy": strategy, "direction": direction}


def truncations():
    result = []
    for pair, case in itertools.product([False, True], cases()):
        tokenizer = Tokenizer.from_file(str(HERE / "hf-byte-level.tokenizer.json"))
        template(tokenizer)
        added = tokenizer.num_special_tokens_to_add(pair)
        texts = (FIRST, SECOND) if pair else (FIRST,)
        if case["max_length"] <= added or (case["strategy"] == "only_second" and not pair):
            continue
        parts = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
        try:
            tokenizer.enable_truncation(**case)
            kept = tokenizer.encode(*texts)
            for index, part in enumerate(parts):
                part.truncate(kept.sequence_ids.count(index), stride=case["stride"], direction=case["direction"])
        except BaseException:  # a panic of Rust is not an Exception
            continue
        encoding = tokenizer.post_processor.process(*parts)
        assert encoding.ids == kept.ids
        saved = json.loads(tokenizer.to_str())
        result.append(
            {
                "texts": texts,
                "json": saved["truncation"],
                "postProcessor": saved["post_processor"],
                "encoding": describe(encoding, texts) | {"sequenceIds": kept.sequence_ids},
            }
        )
    return result


def paddings():
    result = []
    for options in [
        {},
        {"direction": "left"},
        {"pad_to_multiple_of": 8},
        {"length": 20},
        {"length": 3},
        {"length": 21, "pad_to_multiple_of": 4, "pad_id": 7, "pad_type_id": 2, "pad_token": "x", "direction": "left"},
    ]:
        tokenizer = Tokenizer.from_file(str(HERE / "hf-byte-level.tokenizer.json"))
        template(tokenizer)
        tokenizer.enable_truncation(18, stride=2)
        tokenizer.enable_padding(**options)
        batch = [(FIRST,), ("x",), ("x", SECOND), ("",)]
        saved = json.loads(tokenizer.to_str())
        encodings = tokenizer.encode_batch([texts[0] if len(texts) == 1 else texts for texts in batch])
        result.append(
            {
                "padding": saved["padding"],
                "truncation": saved["truncation"],
                "postProcessor": saved["post_processor"],
                "texts": batch,
                "encodings": [describe(encoding, texts) for encoding, texts in zip(encodings, batch)],
                "alone": describe(tokenizer.encode("x"), ("x",)),
            }
        )
    return result


def added_tokens():
    tokenizer = Tokenizer.from_file(str(HERE / "word.tokenizer.json"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_tokens(
        [
            AddedToken("Ab", single_word=True, normalized=False),
            AddedToken("[L]", lstrip=True, normalized=False),
            AddedToken("[R]", rstrip=True, normalized=False),
            AddedToken("[B]", lstrip=True, rstrip=True, normalized=True),
            AddedToken("[", normalized=False),
            AddedToken("[RX", normalized=False),
            AddedToken("ÀB", normalized=True),
            AddedToken("ßx", single_word=True, lstrip=True, normalized=True),
        ]
    )
    tokenizer.add_special_tokens([AddedToken("<m>", lstrip=True, rstrip=True), AddedToken("<n>", single_word=True)])
    texts = [
        "Ab ab Abc cAb Ab_ -Ab- éAb Ab́ Ab1 𝟙Ab Ab𐐀",
        "a  [L]  [R]  b\u00a0\n[B]\t [B] [b]",
        "[[R] [R[L]][RX][B",
        "àb ÀBàb xÀb",
        "ßx  ßX ßxy yßx",
        "a <m> b<m><m> <n>a <n> <n><n> a<n>",
        "  <m>  ",
        "[R]   [L]   [R]",
        "<m>",
    ]
    encodings = []
    for text in texts:
        encodings.append({"text": text, "encoding": describe(tokenizer.encode(text, add_special_tokens=False), (text,))})
    return {"tokenizer": json.loads(tokenizer.to_str()), "encodings": encodings}


def main():
    golden = {"truncations": truncations(), "paddings": paddings(), "addedTokens": added_tokens()}
    text = json.dumps(golden, separators=(",", ":"))
    (HERE / "encodings.json").write_text(text + "\n", encoding="utf8")


main()
