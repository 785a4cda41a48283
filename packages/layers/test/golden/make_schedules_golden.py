"""Makes schedules.json beside this file: the learning rates of Keras's schedules at some steps.

Made with Keras 3.15.1 on PyTorch 2.13.0 (CPU), float64.
Run: KERAS_BACKEND=torch python make_schedules_golden.py
"""
import json
import pathlib
import re

import keras

keras.config.set_floatx("float64")
STEPS = [0, 1, 4, 5, 6, 9, 10, 11, 25, 40, 73]
SCHEDULES = [
    {"kind": "exponentialDecay", "initialLearningRate": 0.1, "decaySteps": 10, "decayRate": 0.9},
    {"kind": "exponentialDecay", "initialLearningRate": 0.1, "decaySteps": 10, "decayRate": 0.9, "staircase": True},
    {"kind": "inverseTimeDecay", "initialLearningRate": 0.1, "decaySteps": 5, "decayRate": 0.5},
    {"kind": "inverseTimeDecay", "initialLearningRate": 0.1, "decaySteps": 5, "decayRate": 0.5, "staircase": True},
    {"kind": "polynomialDecay", "initialLearningRate": 0.1, "decaySteps": 10},
    {"kind": "polynomialDecay", "initialLearningRate": 0.1, "decaySteps": 10, "endLearningRate": 0.01, "power": 0.5, "cycle": True},
    {"kind": "piecewiseConstantDecay", "boundaries": [5, 10], "values": [1.0, 0.5, 0.1]},
    {"kind": "cosineDecay", "initialLearningRate": 0.1, "decaySteps": 10, "alpha": 0.1},
    {"kind": "cosineDecay", "initialLearningRate": 0.0, "decaySteps": 10, "warmupTarget": 0.1, "warmupSteps": 5},
    {"kind": "cosineDecayRestarts", "initialLearningRate": 0.1, "firstDecaySteps": 10},
    {"kind": "cosineDecayRestarts", "initialLearningRate": 0.1, "firstDecaySteps": 5, "tMul": 1.5, "mMul": 0.8, "alpha": 0.01},
    {"kind": "cosineDecayRestarts", "initialLearningRate": 0.1, "firstDecaySteps": 10, "tMul": 1.0, "mMul": 0.8},
]


def snake(name):
    return re.sub(r"([A-Z])", r"_\1", name).lower()


def rates(options):
    kind = options["kind"]
    schedule = getattr(keras.optimizers.schedules, kind[0].upper() + kind[1:])(**{snake(k): v for k, v in options.items() if k != "kind"})
    return [float(f"{float(schedule(step)):.12g}") for step in STEPS]


golden = {"steps": STEPS, "cases": [{"options": options, "rates": rates(options)} for options in SCHEDULES]}
pathlib.Path(__file__).with_name("schedules.json").write_text(json.dumps(golden) + "\n")
