"""Trains vocabularies with Hugging Face's tokenizers and SentencePiece, for `pnpm tokenizer-parity --training`.

    python training_parity.py FOLDER    does each job of jobs.json: trains on its texts, writes NAME.result.json or NAME.model
"""

import json
import sys
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers, trainers


def bpe(texts, job):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    trainer = trainers.BpeTrainer(
        vocab_size=job["size"],
        min_frequency=2,
        special_tokens=job["specialTokens"],
        limit_alphabet=job["limitAlphabet"],
        show_progress=False,
    )
    return train(tokenizer, trainer, texts)


def word_piece(texts, job):
    tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
    trainer = trainers.WordPieceTrainer(
        vocab_size=job["size"],
        min_frequency=2,
        special_tokens=job["specialTokens"],
        limit_alphabet=job["limitAlphabet"],
        show_progress=False,
    )
    return train(tokenizer, trainer, texts)


def train(tokenizer, trainer, texts):
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {"tokens": sorted(model["vocab"], key=model["vocab"].get), "merges": model.get("merges")}


def unigram(texts, job, model):
    with model.open("wb") as out:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=out,
            model_type="unigram",
            vocab_size=job["size"],
            character_coverage=1.0,
            normalization_rule_name="identity",
            split_by_unicode_script=False,
            split_by_number=False,
            max_sentence_length=1_000_000,
            hard_vocab_limit=False,
            unk_id=0,
            bos_id=-1,
            eos_id=-1,
            num_threads=1,
            minloglevel=2,
        )


def main(folder):
    for job in json.loads((folder / "jobs.json").read_text(encoding="utf8")):
        texts = json.loads((folder / job["texts"]).read_text(encoding="utf8"))
        if job["model"] == "Unigram":
            unigram(texts, job, folder / f"{job['name']}.model")
        else:
            result = (bpe if job["model"] == "BPE" else word_piece)(texts, job)
            (folder / f"{job['name']}.result.json").write_text(json.dumps(result), encoding="utf8")


main(Path(sys.argv[1]))
