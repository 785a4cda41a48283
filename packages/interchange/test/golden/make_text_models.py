"""Models that begin with a TextVectorization layer, with what they predict from texts, to keras-text-layers.json.gz.

    python make_text_models.py        with keras 3.15 and tensorflow 2.21
"""
import base64
import gzip
import json
import os
import tempfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import Input, Model, Sequential, layers  # noqa: E402

keras.utils.set_random_seed(3)
train = ["the film was good", "the film was bad, so bad!", "a good, good cat", "I did not like the plot"]
texts = [*train, "GOOD", "unknown words only", "the plot of the film was so good that the cat did not like it"]


def vectorization(**options):
    layer = layers.TextVectorization(max_tokens=20, **options)
    layer.adapt(train)
    return layer


def sequential():
    return Sequential([
        Input((1,), dtype="string"), vectorization(output_sequence_length=6), layers.Embedding(20, 4, mask_zero=True),
        layers.Bidirectional(layers.LSTM(3)), layers.Dense(1, activation="sigmoid"),
    ])


def functional():
    """As in tutorials: a model of ids within one of texts."""
    ids = Input((8,), dtype="int64")
    inner = Model(ids, layers.Dense(3, activation="softmax")(layers.GRU(3)(layers.Embedding(20, 4)(ids))))
    text = Input((1,), dtype="string", name="text")
    return Model(text, inner(vectorization(output_sequence_length=8, standardize="lower")(text)))


def case(name, model):
    outputs = model.predict(tf.constant([[text] for text in texts]), verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        data = base64.b64encode(Path(f"{folder}/model.keras").read_bytes()).decode()
    probs = {"shape": list(outputs.shape), "data": [float(f"{value:.9g}") for value in np.asarray(outputs, dtype=float).flatten()]}
    return {"name": name, "file": data, "texts": texts, "probs": probs}


path = Path(__file__).with_name("keras-text-layers.json.gz")
path.write_bytes(gzip.compress(json.dumps([case("sequential", sequential()), case("functional", functional())]).encode(), mtime=0))
print(path, path.stat().st_size)
