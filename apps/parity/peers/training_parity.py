"""Trains vocabularies with Hugging Face's tokenizers and SentencePiece, for `pnpm tokenizer-parity --training`.

    python training_parity.py FOLDER    does each job of jobs.json: trains on its texts, writes NAME.result.json or NAME.model
"""

import json
import sys
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers, trainers


MODELS = {
    "BPE": (models.BPE, trainers.BpeTrainer),
    "WordPiece": (models.WordPiece, trainers.WordPieceTrainer),
}


def merges(texts, job):
    model, trainer = MODELS[job["model"]]
    tokenizer = Tokenizer(model(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    options = trainer(
        vocab_size=job["size"],
        min_frequency=2,
        special_tokens=job["specialTokens"],
        limit_alphabet=job["limitAlphabet"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, options)
    trained = json.loads(tokenizer.to_str())["model"]
    return {"tokens": sorted(trained["vocab"], key=trained["vocab"].get), "merges": trained.get("merges")}


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
            result = merges(texts, job)
            (folder / f"{job['name']}.result.json").write_text(json.dumps(result), encoding="utf8")


main(Path(sys.argv[1]))
