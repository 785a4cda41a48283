"""Makes text-vectorization.json with Keras's TextVectorization layer.

    python make_text_vectorization.py       with keras 3.15 and tensorflow 2.21
"""
import json
import os
from pathlib import Path

import numpy as np

os.environ["KERAS_BACKEND"] = "tensorflow"
from keras.layers import TextVectorization  # noqa: E402

TRAIN = ["The cat sat on the mat.", "the dog, the cat!", "Él comió\tpan #1", "a-b a_b", "cat cat dog"]
TEXTS = [*TRAIN, "The bird sat", "", "  cat   dog  ", "CAT\ncat", "x", "(cat)", "ÉL él", "a b", "cat;dog|the", "don't `^~", "cat\u00a0dog", "..."]
OPTIONS = [
    {},
    {"standardize": "lower"},
    {"standardize": "strip_punctuation"},
    {"standardize": None},
    {"split": "character"},
    {"max_tokens": 5},
    {"split": None, "standardize": "lower"},
]


def case(options):
    layer = TextVectorization(**options)
    layer.adapt(TRAIN)
    ids = [[int(i) for i in np.atleast_1d(layer([text]).numpy()[0])] for text in TEXTS]
    return {"options": {key: value for key, value in options.items() if key != "max_tokens"},
            "vocabulary": [str(word) for word in layer.get_vocabulary()], "texts": TEXTS, "ids": ids}


path = Path(__file__).with_name("text-vectorization.json")
path.write_text(json.dumps([case(options) for options in OPTIONS], ensure_ascii=False) + "\n", encoding="utf8")
