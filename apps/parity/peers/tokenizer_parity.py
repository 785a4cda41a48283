"""What Hugging Face's tokenizers and SentencePiece make of texts, for `pnpm tokenizer-parity`.

    python tokenizer_parity.py version            the versions of both, as JSON
    python tokenizer_parity.py train FOLDER SIZE  trains the layouts on texts.json into hf-NAME.tokenizer.json
    python tokenizer_parity.py encode FOLDER      encodes the cases of cases.json into NAME.CASE.jsonl
"""

import io
import json
import sys
from pathlib import Path

import sentencepiece
import tokenizers
from parity_layouts import layouts
from tokenizers import Tokenizer


def read(folder, name):
    return json.loads((folder / name).read_text(encoding="utf8"))


def train(folder, size):
    texts = read(folder, "texts.json")
    charsmap = charsmap_of(train_sentencepiece(texts))
    for name, build in layouts(charsmap, int(size)).items():
        build(lambda tokenizer, trainer: tokenizer.train_from_iterator(texts, trainer)).save(
            str(folder / f"hf-{name}.tokenizer.json")
        )


def train_sentencepiece(texts):
    """A model whose normalization the layouts take."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="char",
        vocab_size=8000,
        character_coverage=0.98,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def fields_of(message):
    """The (number, value) pairs of a protocol buffer message."""

    def number(at):
        value = shift = 0
        while True:
            value |= (message[at] & 0x7F) << shift
            shift += 7
            at += 1
            if message[at - 1] < 0x80:
                return value, at

    at = 0
    while at < len(message):
        key, at = number(at)
        if key & 7 == 0:
            value, at = number(at)
        else:
            size, at = number(at) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], at)
            value, at = message[at : at + size], at + size
        yield key >> 3, value


def charsmap_of(model):
    """normalizer_spec.precompiled_charsmap of a SentencePiece model."""
    normalizer = next(value for number, value in fields_of(model) if number == 3)
    return next(value for number, value in fields_of(normalizer) if number == 2)


def encode(folder):
    for case in read(folder, "cases.json"):
        requests = read(folder, case["requests"])
        for name in case["tokenizers"]:
            with (folder / f"{name}.{case['name']}.jsonl").open("w", encoding="utf8") as out:
                for row in rows(folder, name, case, requests):
                    out.write(json.dumps(row, separators=(",", ":")) + "\n")


def rows(folder, name, case, requests):
    """The tokenizer's file as it is written again, then a row for each request."""
    tokenizer = Tokenizer.from_file(str(folder / f"{name}.tokenizer.json"))
    yield {"json": json.loads(tokenizer.to_str())}
    if case["truncation"] is not None:
        enable_truncation(tokenizer, case["truncation"])
    if case["padding"] is not None:
        enable_padding(tokenizer, case["padding"])
    for start in range(0, len(requests), case["batch"]):
        yield from batch_rows(tokenizer, requests[start : start + case["batch"]])


def enable_truncation(tokenizer, options):
    strategies = {"longestFirst": "longest_first", "onlyFirst": "only_first", "onlySecond": "only_second"}
    tokenizer.enable_truncation(
        options["maxLength"],
        stride=options["stride"],
        strategy=strategies[options.get("strategy", "longestFirst")],
        direction=options.get("direction", "right"),
    )


def enable_padding(tokenizer, options):
    tokenizer.enable_padding(
        direction=options["direction"].lower(),
        pad_id=options["pad_id"],
        pad_type_id=options["pad_type_id"],
        pad_token=options["pad_token"],
        length=None if options["strategy"] == "BatchLongest" else options["strategy"]["Fixed"],
        pad_to_multiple_of=options["pad_to_multiple_of"],
    )


def batch_rows(tokenizer, requests):
    """All requests of a batch ask alike for special tokens."""
    inputs = [(each["text"], each["pair"]) if "pair" in each else each["text"] for each in requests]
    try:
        encodings = tokenizer.encode_batch(inputs, add_special_tokens=requests[0]["special"])
    except BaseException as error:  # a panic of the library is no Exception
        return [{"error": str(error)} for _ in requests]
    return [row_of(tokenizer, encoding) for encoding in encodings]


def row_of(tokenizer, encoding):
    row = columns(encoding)
    row["overflowing"] = [columns(part) for part in encoding.overflowing]
    for key, skip in (("decoded", True), ("decodedAll", False)):
        try:
            row[key] = tokenizer.decode(encoding.ids, skip_special_tokens=skip)
        except BaseException as error:
            row[key] = {"error": str(error)}
    return row


def columns(encoding):
    return {
        "ids": encoding.ids,
        "tokens": encoding.tokens,
        "offsets": encoding.offsets,
        "wordIds": encoding.word_ids,
        "sequenceIds": encoding.sequence_ids,
        "typeIds": encoding.type_ids,
        "attentionMask": encoding.attention_mask,
        "specialTokensMask": encoding.special_tokens_mask,
    }


def main():
    command, *arguments = sys.argv[1:]
    if command == "version":
        print(json.dumps({"tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__}))
    else:
        {"train": train, "encode": encode}[command](Path(arguments[0]), *arguments[1:])


if __name__ == "__main__":
    main()
