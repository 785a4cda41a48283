"""Writes fifty-steps.json: fifty steps of every optimizer in float64, by PyTorch, by Keras where epsilon, momentum or decay
are in its way, or by a plain loop of the paper's algorithm.

Run with PyTorch 2.13 and Keras 3.15 (CPU): KERAS_BACKEND=torch python make_fifty_steps_golden.py
"""

import json
import math
from pathlib import Path

import keras
import torch

keras.config.set_floatx("float64")
torch.set_default_dtype(torch.float64)  # NAdam keeps the product of its momenta in this type

STEPS = 50
SEEN = [1, 2, 10, 25, 50]  # steps after which weights are written down
SHAPES = {"bias": [2], "weight": [3, 2]}
MISSING = {"name": "bias", "step": 4}  # this parameter has no gradient in this step, from 0
RATES = [0.05 * (1 + math.cos(step / 9)) for step in range(STEPS)]
CONSTANT = [0.05] * STEPS  # PyTorch's ASGD decays the learning rate of the step before


class Lamb:
    """You et al. 2020, algorithm 2, with the identity for phi."""

    def __init__(self, parameters, lr, betas, eps, weight_decay):
        self.parameters, self.betas, self.eps, self.decay = list(parameters), betas, eps, weight_decay
        self.param_groups = [{"lr": lr}]
        self.state = [(torch.zeros_like(p), torch.zeros_like(p), [0]) for p in self.parameters]

    @torch.no_grad()
    def step(self):
        beta1, beta2 = self.betas
        for p, (m, v, count) in zip(self.parameters, self.state):
            if p.grad is None:
                continue
            count[0] += 1
            m.copy_(beta1 * m + (1 - beta1) * p.grad)
            v.copy_(beta2 * v + (1 - beta2) * p.grad**2)
            unbiased = v / (1 - beta2 ** count[0])
            direction = m / (1 - beta1 ** count[0]) / (unbiased.sqrt() + self.eps) + self.decay * p
            length, step_length = p.norm().item(), direction.norm().item()
            trust = length / step_length if length > 0 and step_length > 0 else 1
            p -= self.param_groups[0]["lr"] * trust * direction


class KerasSteps:
    """An optimizer of Keras for each parameter, so that one without a gradient takes no step."""

    def __init__(self, parameters, lr, kind, **options):
        self.param_groups = [{"lr": lr}]
        self.state = {}
        self.parameters = list(parameters)
        self.variables = [keras.Variable(p.detach().numpy(), dtype="float64") for p in self.parameters]
        self.optimizers = [getattr(keras.optimizers, kind)(learning_rate=lr, **options) for _ in self.parameters]
        for optimizer, variable in zip(self.optimizers, self.variables):
            optimizer.build([variable])

    @torch.no_grad()
    def step(self):
        for p, optimizer, variable in zip(self.parameters, self.optimizers, self.variables):
            if p.grad is None:
                continue
            optimizer.learning_rate = self.param_groups[0]["lr"]
            optimizer.apply([p.grad])
            p.copy_(variable.value)


class Lion:
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, parameters, lr, betas, weight_decay):
        self.parameters, self.betas, self.decay = list(parameters), betas, weight_decay
        self.param_groups = [{"lr": lr}]
        self.means = [torch.zeros_like(p) for p in self.parameters]

    @torch.no_grad()
    def step(self):
        beta1, beta2 = self.betas
        for p, m in zip(self.parameters, self.means):
            if p.grad is None:
                continue
            direction = torch.sign(beta1 * m + (1 - beta1) * p.grad)
            p -= self.param_groups[0]["lr"] * (direction + self.decay * p)
            m.copy_(beta2 * m + (1 - beta2) * p.grad)


CASES = {
    "adamw": (torch.optim.AdamW, dict(betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    "adamwAmsgrad": (torch.optim.AdamW, dict(weight_decay=0.1, amsgrad=True)),
    "adam": (torch.optim.Adam, dict(weight_decay=0.05)),
    "adamAmsgrad": (torch.optim.Adam, dict(betas=(0.7, 0.9), weight_decay=0.05, amsgrad=True)),
    "sgd": (torch.optim.SGD, dict(weight_decay=0.02)),
    "sgdMomentum": (torch.optim.SGD, dict(momentum=0.9, weight_decay=0.02)),
    "sgdNesterov": (torch.optim.SGD, dict(momentum=0.7, nesterov=True)),
    "rmsprop": (torch.optim.RMSprop, dict(alpha=0.9, eps=1e-6, weight_decay=0.02)),
    "rmspropCentered": (torch.optim.RMSprop, dict(alpha=0.95, eps=1e-4, momentum=0.6, weight_decay=0.05, centered=True)),
    "adagrad": (torch.optim.Adagrad, dict(lr_decay=0.1, weight_decay=0.03, initial_accumulator_value=0.5, eps=1e-6)),
    "lion": (Lion, dict(betas=(0.9, 0.99), weight_decay=0.1)),
    "nadam": (torch.optim.NAdam, dict(weight_decay=0.02)),
    "nadamDecoupled": (
        torch.optim.NAdam,
        dict(betas=(0.8, 0.95), momentum_decay=0.05, weight_decay=0.1, decoupled_weight_decay=True),
    ),
    "adamax": (torch.optim.Adamax, dict(betas=(0.85, 0.97), weight_decay=0.02)),
    "adadelta": (torch.optim.Adadelta, dict(rho=0.8, eps=1e-4, weight_decay=0.02)),
    "lamb": (Lamb, dict(betas=(0.9, 0.95), eps=1e-6, weight_decay=0.1)),
    "adamKeras": (KerasSteps, dict(kind="Adam", epsilon=1e-3)),
    "adamAmsgradKeras": (KerasSteps, dict(kind="Adam", epsilon=1e-3, amsgrad=True)),
    "adamwKeras": (KerasSteps, dict(kind="AdamW", epsilon=1e-3, weight_decay=0.1)),
    "rmspropKeras": (KerasSteps, dict(kind="RMSprop", rho=0.9, epsilon=1e-2)),
    "rmspropCenteredKeras": (KerasSteps, dict(kind="RMSprop", rho=0.9, epsilon=1e-2, centered=True)),
    "adagradKeras": (KerasSteps, dict(kind="Adagrad", initial_accumulator_value=0.1, epsilon=1e-2)),
    "sgdKeras": (KerasSteps, dict(kind="SGD", momentum=0.9, weight_decay=0.05)),
    "sgdNesterovKeras": (KerasSteps, dict(kind="SGD", momentum=0.8, nesterov=True)),
    "rmspropMomentumKeras": (
        KerasSteps,
        dict(kind="RMSprop", rho=0.9, epsilon=1e-2, momentum=0.9, centered=True, weight_decay=0.1),
    ),
    "adagradDecoupledKeras": (KerasSteps, dict(kind="Adagrad", epsilon=1e-2, weight_decay=0.1)),
    "adadeltaDecoupledKeras": (KerasSteps, dict(kind="Adadelta", rho=0.8, epsilon=1e-4, weight_decay=0.1)),
    "adamaxDecoupledKeras": (KerasSteps, dict(kind="Adamax", epsilon=1e-2, weight_decay=0.1)),
    "adamDecoupledKeras": (KerasSteps, dict(kind="Adam", epsilon=1e-3, weight_decay=0.1)),
    "adamaxKeras": (KerasSteps, dict(kind="Adamax", epsilon=1e-2)),
    "asgd": (torch.optim.ASGD, dict(lambd=0.01, alpha=0.6, t0=20, weight_decay=0.02)),
}

generator = torch.Generator().manual_seed(50)
draw = lambda shape: torch.randn(shape, generator=generator).mul(1e6).round().div(1e6)
start = {name: draw(shape) for name, shape in SHAPES.items()}
gradients = [{name: draw(shape) for name, shape in SHAPES.items()} for _ in range(STEPS)]


def flat(tensors):
    return {name: [float(f"{x:.13g}") for x in t.detach().flatten().tolist()] for name, t in tensors.items()}


def run(optimizer_class, options):
    rates = CONSTANT if optimizer_class is torch.optim.ASGD else RATES
    parameters = {name: value.clone().requires_grad_() for name, value in start.items()}
    optimizer = optimizer_class(parameters.values(), lr=rates[0], **options)
    after = {}
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = rates[step]
        for name, parameter in parameters.items():
            missing = name == MISSING["name"] and step == MISSING["step"]
            parameter.grad = None if missing else gradients[step][name].clone()
        optimizer.step()
        if step + 1 in SEEN:
            after[str(step + 1)] = flat(parameters)
    averages = {name: optimizer.state[p]["ax"] for name, p in parameters.items() if "ax" in optimizer.state[p]} if rates is CONSTANT else {}
    return {"learningRates": "constant" if rates is CONSTANT else "falling", "after": after, "averages": flat(averages)}


golden = {
    "torch": torch.__version__.split("+")[0],
    "shapes": SHAPES,
    "missing": MISSING,
    "learningRates": {"falling": RATES, "constant": CONSTANT},
    "start": flat(start),
    "gradients": [flat(step) for step in gradients],
    "cases": {case: run(*arguments) for case, arguments in CASES.items()},
}
Path(__file__).with_name("fifty-steps.json").write_text(json.dumps(golden) + "\n")
