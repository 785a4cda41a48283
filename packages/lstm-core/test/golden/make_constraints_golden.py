"""Makes constraints.json beside this file.

Made with Keras 3.15.1 on PyTorch 2.13.0 (CPU), seed 4, float32.
Run: KERAS_BACKEND=torch python make_constraints_golden.py
"""
import json
import pathlib

import keras
import numpy

here = pathlib.Path(__file__).parent
numbers = numpy.random.default_rng(4)


def case(shape, ours, theirs):
    weight = numpy.round(numbers.normal(size=shape), 4).astype("float32")
    weight.reshape(-1, shape[-1])[0] *= 0.1
    wanted = keras.ops.convert_to_numpy(theirs(keras.ops.convert_to_tensor(weight)))
    plain = lambda x: [float(f"{v:.8g}") for v in x.reshape(-1)]
    return {"constraint": ours, "shape": shape, "weight": plain(weight), "constrained": plain(wanted)}


k = keras.constraints
cases = [
    case([3, 4], {"kind": "maxNorm", "maxValue": 1.5}, k.MaxNorm(1.5, axis=-1)),
    case([3, 4], {"kind": "maxNorm", "axis": 0}, k.MaxNorm(axis=0)),
    case([2, 3, 4], {"kind": "maxNorm", "maxValue": 2, "axis": [0, 1]}, k.MaxNorm(2, axis=[0, 1])),
    case([3, 4], {"kind": "unitNorm"}, k.UnitNorm(axis=-1)),
    case([3, 4], {"kind": "nonNegative"}, k.NonNeg()),
    case([4, 3], {"kind": "minMaxNorm"}, k.MinMaxNorm(axis=-1)),
    case([4, 3], {"kind": "minMaxNorm", "minValue": 1, "maxValue": 1.5, "rate": 0.25, "axis": 0}, k.MinMaxNorm(1, 1.5, 0.25, axis=0)),
]
(here / "constraints.json").write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n", encoding="utf-8")
