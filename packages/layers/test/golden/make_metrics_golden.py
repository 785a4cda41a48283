"""Makes metrics.json beside this file: what Keras's metrics give for predictions and targets of two batches, and the names of all of them.

Made with Keras 3.15.1 on PyTorch 2.13.0 (CPU), float64. Run: KERAS_BACKEND=torch python make_metrics_golden.py
"""
import json
import pathlib
import re

import keras
import numpy as np

keras.config.set_floatx("float64")
rng = np.random.default_rng(3)
metrics = keras.metrics
coarse = lambda array: np.round(array * 64) / 64


def one_hot(classes, width):
    return np.eye(width)[classes]


numbers = coarse(rng.normal(0.5, 1, (7, 3)))
shares = coarse(rng.uniform(0, 1, (12, 1)))
labels = coarse(rng.uniform(0, 1, (9, 3)))
classes = coarse(rng.dirichlet(np.ones(6), 9))
data = {
    "numbers": (coarse(numbers + rng.normal(0, 0.7, numbers.shape)), numbers),
    "positive numbers": (coarse(np.abs(numbers) + 0.25), np.abs(coarse(numbers + 0.5))),
    "binary": (shares, (shares + coarse(rng.normal(0, 0.4, shares.shape)) > 0.5).astype(float)),
    "labels": (labels, (labels + coarse(rng.normal(0, 0.4, labels.shape)) > 0.5).astype(float)),
    "classes": (classes, one_hot((classes + rng.uniform(0, 0.4, classes.shape)).argmax(axis=1), 6)),
    "class numbers": (classes, (classes + rng.uniform(0, 0.4, classes.shape)).argmax(axis=1)[:, None].astype(float)),
}


class Huber(metrics.MeanMetricWrapper):
    """Keras has it as a function alone."""

    def __init__(self, delta=1.0):
        super().__init__(lambda y_true, y_pred: keras.losses.huber(y_true, y_pred, delta=delta), name="huber")


def snake(name):
    return re.sub(r"([A-Z])", r"_\1", name).lower()


# What is asked for here, the data, Keras's class, and its options where they are not the same in its spelling.
asked = [
    ("meanSquaredError", "numbers", metrics.MeanSquaredError),
    ("rootMeanSquaredError", "numbers", metrics.RootMeanSquaredError),
    ("meanAbsoluteError", "numbers", metrics.MeanAbsoluteError),
    ("meanAbsolutePercentageError", "numbers", metrics.MeanAbsolutePercentageError),
    ("meanSquaredLogarithmicError", "positive numbers", metrics.MeanSquaredLogarithmicError),
    ("logCosh", "numbers", metrics.LogCoshError),
    ("poisson", "positive numbers", metrics.Poisson),
    ("huber", "numbers", Huber),
    ({"kind": "huber", "delta": 0.25}, "numbers", Huber),
    ("r2Score", "numbers", metrics.R2Score),
    ("pearsonCorrelation", "numbers", metrics.PearsonCorrelation),
    ("concordanceCorrelation", "positive numbers", metrics.ConcordanceCorrelation),
    ("cosineSimilarity", "numbers", metrics.CosineSimilarity),
    ("hinge", "binary", metrics.Hinge),
    ("squaredHinge", "binary", metrics.SquaredHinge),
    ("categoricalHinge", "classes", metrics.CategoricalHinge),
    ("klDivergence", "classes", metrics.KLDivergence),
    ("binaryAccuracy", "binary", metrics.BinaryAccuracy),
    ({"kind": "binaryAccuracy", "threshold": 0.75}, "labels", metrics.BinaryAccuracy),
    ("binaryCrossentropy", "labels", metrics.BinaryCrossentropy),
    ("categoricalAccuracy", "classes", metrics.CategoricalAccuracy),
    ("categoricalCrossentropy", "classes", metrics.CategoricalCrossentropy),
    ("topKCategoricalAccuracy", "classes", metrics.TopKCategoricalAccuracy),
    ({"kind": "topKCategoricalAccuracy", "k": 2}, "classes", metrics.TopKCategoricalAccuracy),
    ("sparseCategoricalAccuracy", "class numbers", metrics.SparseCategoricalAccuracy),
    ("sparseCategoricalCrossentropy", "class numbers", metrics.SparseCategoricalCrossentropy),
    ("sparseTopKCategoricalAccuracy", "class numbers", metrics.SparseTopKCategoricalAccuracy),
    ({"kind": "sparseTopKCategoricalAccuracy", "k": 3}, "class numbers", metrics.SparseTopKCategoricalAccuracy),
    *[(name, which, getattr(metrics, name[0].upper() + name[1:])) for which in ["binary", "labels"]
      for name in ["precision", "recall", "truePositives", "trueNegatives", "falsePositives", "falseNegatives"]],
    ({"kind": "precision", "threshold": 0.7}, "labels", metrics.Precision, {"thresholds": 0.7}),
    ({"kind": "recall", "threshold": 0.7}, "labels", metrics.Recall, {"thresholds": 0.7}),
    ("f1Score", "classes", metrics.F1Score, {"average": "macro"}),
    ({"kind": "f1Score", "average": "weighted"}, "classes", metrics.F1Score),
    ({"kind": "f1Score", "average": "micro"}, "classes", metrics.F1Score),
    ({"kind": "f1Score", "threshold": 0.5}, "labels", metrics.F1Score, {"average": "macro", "threshold": 0.5}),
    ("f1Score", "binary", metrics.F1Score, {"average": "macro", "threshold": 0.5}),
    ({"kind": "fBetaScore", "beta": 2}, "classes", metrics.FBetaScore, {"average": "macro", "beta": 2.0}),
    ("auc", "binary", metrics.AUC),
    ("auc", "labels", metrics.AUC),
    ({"kind": "auc", "curve": "PR"}, "labels", metrics.AUC),
    ({"kind": "auc", "numThresholds": 7}, "labels", metrics.AUC),
    ({"kind": "precisionAtRecall", "recall": 0.8}, "labels", metrics.PrecisionAtRecall),
    ({"kind": "recallAtPrecision", "precision": 0.75}, "labels", metrics.RecallAtPrecision),
    ({"kind": "sensitivityAtSpecificity", "specificity": 0.6}, "labels", metrics.SensitivityAtSpecificity),
    ({"kind": "specificityAtSensitivity", "sensitivity": 0.6}, "labels", metrics.SpecificityAtSensitivity),
]


def value_of(option, which, make, options=None):
    if options is None:
        options = {snake(key): value for key, value in option.items() if key != "kind"} if isinstance(option, dict) else {}
    metric = make(**options)
    predictions, targets = data[which]
    for start, end in [(0, 4), (4, None)]:
        metric.update_state(targets[start:end], predictions[start:end])
    return float(f"{float(metric.result()):.10g}")


cases = [{"metric": one[0], "data": one[1], "value": value_of(*one)} for one in asked]
names = [name for name in dir(metrics) if isinstance(getattr(metrics, name), type)]
content = {
    "data": {name: {"predictions": predictions.tolist(), "targets": targets.tolist()} for name, (predictions, targets) in data.items()},
    "cases": cases,
    "classes": names,
}
lines = ",\n".join(f'"{key}": ' + (json.dumps(value) if key != "cases" else "[\n" + ",\n".join(map(json.dumps, value)) + "\n]") for key, value in content.items())
(pathlib.Path(__file__).parent / "metrics.json").write_text("{\n" + lines + "\n}\n")
print(len(cases), "cases")
