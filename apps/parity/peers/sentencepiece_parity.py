"""What SentencePiece makes of texts and ids, for `pnpm tokenizer-parity`.

    python sentencepiece_parity.py FOLDER [NAMES]

Trains models of all types with many options on texts.json, all or those named, and leaves NAME.model and NAME.rows.jsonl:
a row for each text of sentencepiece-texts.json, then rows of random ids and their text.
"""

import io
import json
import random
import sys
import tempfile
from pathlib import Path

import sentencepiece
from tokenizer_parity import fields_of, read

RULES = {
    "\t": " ",
    "\n": " ",
    "\u3000": " ",
    "\u200b": "",
    "\u00ad": "",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "½": "1⁄2",
    "…": " . . .",
    "、": ", ",
    "a\u0301": "á",
    "a\u0301\u0302": "â",
    "A": "a",
    "B": "b",
    "ｶ": "カ",
    "ｶﾞ": "ガ",
    "...": "…",
    "  ": "__",
}
BACK = {"á": "a\u0301", "fi": "ﬁ", " .": ".", "  ": " "}

SYMBOLS = ["<sep>", "▁▁", "ing", "ab", "abc", "a b", "!!", "é", "\t", "0", "中文", "🙂", "e\u0301", "x▁y"]
CONTROLS = ["<cls>", "<mask>", "[SEP]"]
RARE = {"character_coverage": 0.98}
KEPT_SPACES = {"add_dummy_prefix": False, "remove_extra_whitespaces": False}
TYPES = ("unigram", "bpe", "char", "word")

# By name; each of the four types is trained with each of them.
OPTIONS = {
    "plain": {},
    "rare": RARE,
    "bytes": {"byte_fallback": True, **RARE},
    "symbols": {"user_defined_symbols": SYMBOLS, "control_symbols": CONTROLS, **RARE},
    "symbols-bytes": {"user_defined_symbols": SYMBOLS, "control_symbols": CONTROLS, "byte_fallback": True, **RARE},
    "symbols-spaces": {"user_defined_symbols": SYMBOLS, **KEPT_SPACES, "normalization_rule_name": "identity"},
    "nmt-nfkc-cf": {"normalization_rule_name": "nmt_nfkc_cf"},
    "nfkc": {"normalization_rule_name": "nfkc", "split_digits": True},
    "nfkc-cf": {"normalization_rule_name": "nfkc_cf", "split_by_unicode_script": False},
    "identity": {"normalization_rule_name": "identity", "split_by_number": False},
    "rules": {"rules": RULES, "denormal": BACK, "user_defined_symbols": ["..", "AB"]},
    "rules-spaces": {"rules": RULES, **KEPT_SPACES, "allow_whitespace_only_pieces": True},
    "no-prefix": {"add_dummy_prefix": False},
    "keep-spaces": {"remove_extra_whitespaces": False, "allow_whitespace_only_pieces": True},
    "plain-spaces": {"escape": False, **RARE},
    "plain-kept-spaces": {"escape": False, **KEPT_SPACES, "normalization_rule_name": "identity"},
    "suffix": {"treat_whitespace_as_suffix": True},
    "suffix-spaces": {
        "treat_whitespace_as_suffix": True,
        "remove_extra_whitespaces": False,
        "allow_whitespace_only_pieces": True,
        "user_defined_symbols": SYMBOLS,
    },
    "across-words": {"split_by_whitespace": False, "normalization_rule_name": "identity"},
    "surface": {"unk_surface": "▁?", "unk_piece": "[UNK]", "bos_piece": "<a>", "eos_piece": "<b>", **RARE},
    "ids": {"unk_id": 3, "bos_id": -1, "eos_id": 1, "pad_id": 0, "unk_surface": "", **RARE},
    "ids-off": {"unk_id": 0, "bos_id": -1, "eos_id": -1, "byte_fallback": True, "vocabulary_output_piece_score": False},
}


def train(folder, name, options):
    options = dict(options)
    # Trainers want spaces to be escaped: a second normalizer_spec, which is merged into the first, says otherwise.
    patch = b"" if options.pop("escape", True) else bytes([3 << 3 | 2, 2, 5 << 3, 0])
    model = io.BytesIO()
    with tempfile.TemporaryDirectory() as rules_folder:
        for key, option in (("rules", "normalization_rule_tsv"), ("denormal", "denormalization_rule_tsv")):
            rules = options.pop(key, None)
            if rules is not None:
                file = Path(rules_folder) / f"{key}.tsv"
                file.write_text("".join(f"{codes(old)}\t{codes(new)}\n" for old, new in rules.items()), "utf8")
                options[option] = str(file)
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(read(folder, "texts.json")),
            model_writer=model,
            hard_vocab_limit=False,
            num_threads=1,
            minloglevel=2,
            **{"vocab_size": 6000, "character_coverage": 1.0, **options},
        )
    (folder / f"{name}.model").write_bytes(model.getvalue() + patch)


def codes(text):
    return " ".join(f"{ord(character):X}" for character in text)


def rows(folder, name, seed):
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{name}.model"))
    for text in read(folder, "sentencepiece-texts.json"):
        try:
            pieces = list(pieces_of(processor, text))
        except RuntimeError as error:
            yield {"error": str(error)}
            continue
        ids = [id for id, *_ in pieces]
        yield {
            "ids": ids,
            "tokens": [token for _, token, *_ in pieces],
            "offsets": [[start, end] for *_, start, end in pieces],
            "decoded": processor.decode(ids),
        }
    source = random.Random(seed)
    bytes_and_more = [id for id in range(processor.get_piece_size()) if not is_normal(processor, id)]
    for _ in range(1000):
        choices = [range(processor.get_piece_size()), bytes_and_more or [0]]
        ids = [source.choice(source.choice(choices)) for _ in range(source.randrange(1, 12))]
        yield {"ids": ids, "decoded": processor.decode(ids)}


def is_normal(processor, id):
    kinds = (processor.is_unknown, processor.is_control, processor.is_unused, processor.is_byte)
    return not any(kind(id) for kind in kinds) and not processor.id_to_piece(id).startswith("▁▁")


def pieces_of(processor, text):
    """Id, piece, and start and end in UTF-8 bytes of the text: the fields of a SentencePieceText."""
    for number, value in fields_of(processor.encode(text, return_type="serialized_proto")):
        if number == 2:
            piece = dict(fields_of(value))
            yield piece.get(2, 0), piece.get(1, b"").decode("utf8", "replace"), piece.get(4, 0), piece.get(5, 0)


def main():
    folder = Path(sys.argv[1])
    only = sys.argv[2].split(",") if len(sys.argv) > 2 else None
    for kind in TYPES:
        for label, options in OPTIONS.items():
            name = f"spm-{kind}-{label}"
            if only is not None and name not in only:
                continue
            train(folder, name, {**options, "model_type": kind})
            with (folder / f"{name}.rows.jsonl").open("w", encoding="utf8") as out:
                for row in rows(folder, name, 1):
                    out.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
