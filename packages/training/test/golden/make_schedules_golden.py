"""Writes schedules.json: the learning rates of fifty steps, by PyTorch's schedulers, Keras's, or the paper's formula.

Run with PyTorch 2.13 and Keras 3 (CPU): KERAS_BACKEND=torch python make_schedules_golden.py
"""

import json
import math
from pathlib import Path

import keras
import torch
from torch.optim import lr_scheduler

STEPS = 50
IMPROVED = [step % 7 in (0, 1) for step in range(STEPS)]  # what the plateau sees after each step


def by_torch(make, epoch_of=None):
    """One call of `scheduler.step()` for each step, or `step(epoch)` where epochs have fractions."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for step in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*([] if epoch_of is None else [epoch_of(step + 1)]))
    return rates


def by_plateau():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    # PyTorch waits for one evaluation more than `patience`.
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, threshold=0, min_lr=0.01)
    rates, best = [], 100.0
    for improved in IMPROVED:
        rates.append(optimizer.param_groups[0]["lr"])
        best -= 1 if improved else 0
        scheduler.step(best if improved else best + 5)
    return rates


def by_keras(schedule):
    return [float(schedule(step)) for step in range(STEPS)]


def slanted(step, cut_frac=0.2, ratio=20, total=STEPS):
    cut = math.floor(total * cut_frac)
    p = step / cut if step < cut else 1 - (step - cut) / (cut * (1 / cut_frac - 1))
    return (1 + p * (ratio - 1)) / ratio


def noam(step, warmup=8):
    scale = (step + 1) ** -0.5 if step + 1 > warmup else (step + 1) * warmup**-1.5
    return scale / warmup**-0.5


keras_schedules = keras.optimizers.schedules
cases = {
    "constant": by_torch(lambda o: lr_scheduler.ConstantLR(o, factor=1)),
    "linear": by_torch(lambda o: lr_scheduler.LinearLR(o, start_factor=1, end_factor=0.2, total_iters=STEPS)),
    "linearAfterWarmUp": by_torch(
        lambda o: lr_scheduler.SequentialLR(
            o,
            [
                lr_scheduler.LinearLR(o, start_factor=0.1, end_factor=1, total_iters=9),
                lr_scheduler.LinearLR(o, start_factor=1, end_factor=0.2, total_iters=STEPS - 10),
            ],
            [10],
        )
    ),
    "cosine": by_torch(lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.1)),
    "plateau": by_plateau(),
    "step": by_torch(lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.3)),
    "multiStep": by_torch(lambda o: lr_scheduler.MultiStepLR(o, milestones=[4, 20, 20, 41], gamma=0.5)),
    "exponential": by_torch(lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9)),
    "exponentialByStep": by_keras(keras_schedules.ExponentialDecay(1.0, decay_steps=4, decay_rate=0.8)),
    "polynomial": by_torch(lambda o: lr_scheduler.PolynomialLR(o, total_iters=STEPS, power=1.7)),
    "cosineRestarts": by_torch(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2, eta_min=0.05)),
    "cosineRestartsByStep": by_torch(
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=2, T_mult=1), epoch_of=lambda step: step / 4
    ),
    "noam": by_torch(lambda o: lr_scheduler.LambdaLR(o, noam)),
    "oneCycle": by_torch(lambda o: lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=STEPS)),
    "oneCycleLinear": by_torch(
        lambda o: lr_scheduler.OneCycleLR(
            o,
            max_lr=1.0,
            total_steps=STEPS,
            pct_start=0.4,
            anneal_strategy="linear",
            div_factor=10,
            final_div_factor=100,
        )
    ),
    "slantedTriangular": [slanted(step) for step in range(STEPS)],
    "inverseTime": by_keras(keras_schedules.InverseTimeDecay(1.0, decay_steps=4, decay_rate=0.5)),
    "inverseTimeByEpoch": by_keras(
        keras_schedules.InverseTimeDecay(1.0, decay_steps=4, decay_rate=0.5, staircase=True)
    ),
}
golden = {
    "torch": torch.__version__.split("+")[0],
    "keras": keras.__version__,
    "improved": IMPROVED,
    "factors": {name: [float(f"{rate:.12g}") for rate in rates] for name, rates in cases.items()},
}
Path(__file__).with_name("schedules.json").write_text(json.dumps(golden) + "\n")
