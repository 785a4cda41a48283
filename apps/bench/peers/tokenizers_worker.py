"""Times Hugging Face's tokenizers on one thread, as one line of JSON.

usage: tokenizers_worker.py version | tokenizers_worker.py <request>
"""

import json
import os
import sys
from time import perf_counter

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers  # noqa: E402
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers  # noqa: E402


def elapsed_ms(run):
    start = perf_counter()
    run()
    return 1000 * (perf_counter() - start)


def encode(request):
    tokenizer, texts = Tokenizer.from_file(request["tokenizer"]), read_texts(request)
    offsets = request.get("offsets", False)

    def run():
        for text in texts:
            encoding = tokenizer.encode(text)
            len(encoding.offsets if offsets else encoding.ids)

    return {"first": elapsed_ms(run), "later": elapsed_ms(run)}


def file(request):
    load = elapsed_ms(lambda: Tokenizer.from_file(request["tokenizer"]).encode("a"))
    return {"load": load, **encode(request)}


def decode(request):
    tokenizer = Tokenizer.from_file(request["tokenizer"])
    ids = [tokenizer.encode(text).ids for text in read_texts(request)]

    def run():
        for each in ids:
            tokenizer.decode(each)

    return {"first": elapsed_ms(run), "later": elapsed_ms(run)}


def train(request):
    tokenizer, trainer = TRAINED[request["layout"]]()
    texts = read_texts(request)
    return {"ms": elapsed_ms(lambda: tokenizer.train_from_iterator(texts, trainer))}


def added_tokens(request):
    tokenizer, texts = Tokenizer.from_file(request["tokenizer"]), read_texts(request)
    tokenizer.add_special_tokens([f"<extra_{index}>" for index in range(request["count"])])

    def run():
        for text in texts:
            len(tokenizer.encode(text).ids)

    return {"first": elapsed_ms(run), "later": elapsed_ms(run)}


SPECIAL = ["<pad>", "<unk>", "<s>", "</s>"]


def byte_level_bpe():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    return tokenizer, trainers.BpeTrainer(**options(initial_alphabet=alphabet, min_frequency=2))


def metaspace_bpe():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = metaspace()
    return tokenizer, trainers.BpeTrainer(**options(min_frequency=2))


def word_piece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer, trainers.WordPieceTrainer(**options(min_frequency=2))


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = metaspace()
    return tokenizer, trainers.UnigramTrainer(**options(unk_token="<unk>"))


def metaspace():
    return pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()])


def options(**others):
    return {"vocab_size": 8000, "show_progress": False, "special_tokens": SPECIAL, **others}


def read_texts(request):
    with open(request["texts"], encoding="utf-8") as file:
        return json.load(file)


TRAINED = {"byte-level BPE": byte_level_bpe, "BPE, metaspace": metaspace_bpe, "WordPiece": word_piece, "Unigram": unigram}
TASKS = {"encode": encode, "file": file, "decode": decode, "train": train, "added tokens": added_tokens}


def main(argument):
    if argument == "version":
        return {"version": tokenizers.__version__}
    request = json.loads(argument)
    return TASKS[request["task"]](request)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
