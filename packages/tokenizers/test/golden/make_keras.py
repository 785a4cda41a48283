"""Makes keras.json with the Tokenizer of Keras (3.15.1), from its own file: the rest of Keras needs a backend.

    pip download --no-deps keras==3.15.1 && unzip keras-*.whl
    python make_keras.py keras/src/legacy/preprocessing/text.py
"""

import json
import sys
import types
from pathlib import Path

HERE = Path(__file__).parent
TRAIN = ["The cat sat on the mat.", "the dog, the cat!", "Él comió\tpan #1", "a-b a_b", "cat cat dog"]
TEXTS = [*TRAIN, "The bird sat", "", "  cat   dog  ", "CAT\ncat", "x", "(cat)", "ÉL", "a b", "cat;dog|the"]
OPTIONS = [
    {},
    {"oov_token": "<OOV>"},
    {"num_words": 4},
    {"num_words": 4, "oov_token": "<OOV>"},
    {"lower": False, "filters": "!."},
    {"split": ",", "filters": ""},
    {"char_level": True},
    {"char_level": True, "oov_token": "?", "num_words": 6},
]


def load(path):
    for name in ("keras", "keras.src", "keras.src.api_export"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["keras.src.api_export"].keras_export = lambda names: lambda value: value
    module = types.ModuleType("text")
    exec(compile(Path(path).read_text(encoding="utf8"), path, "exec"), module.__dict__)
    return module


def case(text, options):
    tokenizer = text.Tokenizer(**options)
    tokenizer.fit_on_texts(TRAIN)
    ids = tokenizer.texts_to_sequences(TEXTS)
    return {"file": tokenizer.to_json(), "texts": TEXTS, "ids": ids, "decoded": tokenizer.sequences_to_texts(ids)}


text = load(sys.argv[1])
golden = [case(text, options) for options in OPTIONS]
(HERE / "keras.json").write_text(json.dumps(golden) + "\n", encoding="utf8")
