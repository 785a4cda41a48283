"""Writes optimizers.json: a few steps of PyTorch's optimizers in float64, to compare ours with.

Run with PyTorch 2.13 (CPU): python make_optimizers_golden.py
"""

import json
from pathlib import Path

import torch

STEPS = 6
SHAPES = {"bias": [3], "weight": [3, 2]}
MISSING = {"name": "bias", "step": 2}  # this parameter has no gradient in this step
CASES = {
    "adamw": (torch.optim.AdamW, dict(betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    "adam": (torch.optim.Adam, dict(betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05)),
    "sgd": (torch.optim.SGD, dict(weight_decay=0.02)),
    "momentum": (torch.optim.SGD, dict(momentum=0.9, weight_decay=0.02)),
    "nesterov": (torch.optim.SGD, dict(momentum=0.7, nesterov=True)),
    "rmsprop": (torch.optim.RMSprop, dict(alpha=0.9, eps=1e-6, weight_decay=0.02)),
    "rmspropMomentum": (torch.optim.RMSprop, dict(momentum=0.8)),
    "rmspropCentered": (torch.optim.RMSprop, dict(alpha=0.95, eps=1e-4, momentum=0.6, weight_decay=0.05, centered=True)),
    "adagrad": (torch.optim.Adagrad, dict()),
    "adagradDecay": (
        torch.optim.Adagrad,
        dict(lr_decay=0.1, weight_decay=0.03, initial_accumulator_value=0.5, eps=1e-6),
    ),
}
# SparseAdam scales epsilon differently than Adam, so it is made too small to matter.
SPARSE_ADAM = dict(betas=(0.8, 0.95), eps=1e-300)
SPARSE_SHAPE = [5, 2]
SPARSE_ROWS = [[0, 3], [3], [1, 2, 3], [0, 4], [2], [0, 1]]  # of each step

generator = torch.Generator().manual_seed(3)


def draw(shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


start = {name: draw(shape) for name, shape in SHAPES.items()}
gradients = [{name: draw(shape) for name, shape in SHAPES.items()} for _ in range(STEPS)]
rates = [0.1 / (1 + step) for step in range(STEPS)]
norms = [
    torch.nn.utils.get_total_norm([g for n, g in step.items() if (n, i) != (MISSING["name"], MISSING["step"])]).item()
    for i, step in enumerate(gradients)
]


def run(optimizer_class, options):
    parameters = {name: value.clone().requires_grad_() for name, value in start.items()}
    optimizer = optimizer_class(parameters.values(), lr=1.0, **options)
    after = []
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = rates[step]
        for name, parameter in parameters.items():
            missing = name == MISSING["name"] and step == MISSING["step"]
            parameter.grad = None if missing else gradients[step][name].clone()
        optimizer.step()
        after.append({name: p.detach().flatten().tolist() for name, p in parameters.items()})
    return after


def run_sparse(start, gradients):
    parameter = start.clone().requires_grad_()
    optimizer = torch.optim.SparseAdam([parameter], lr=1.0, **SPARSE_ADAM)
    after = []
    for rate, rows, values in zip(rates, SPARSE_ROWS, gradients):
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = torch.sparse_coo_tensor(torch.tensor([rows]), values, SPARSE_SHAPE)
        optimizer.step()
        after.append(parameter.detach().flatten().tolist())
    return after


sparse_start = draw(SPARSE_SHAPE)
sparse_gradients = [draw([len(rows), SPARSE_SHAPE[1]]) for rows in SPARSE_ROWS]

flat = lambda tensors: {name: t.flatten().tolist() for name, t in tensors.items()}
golden = {
    "torch": torch.__version__.split("+")[0],
    "dtype": "float64",
    "shapes": SHAPES,
    "missing": MISSING,
    "learningRates": rates,
    "start": flat(start),
    "gradients": [flat(step) for step in gradients],
    "norms": norms,
    "after": {case: run(*arguments) for case, arguments in CASES.items()},
    "sparseAdam": {
        "shape": SPARSE_SHAPE,
        "rows": SPARSE_ROWS,
        "start": sparse_start.flatten().tolist(),
        "gradients": [values.flatten().tolist() for values in sparse_gradients],
        "after": run_sparse(sparse_start, sparse_gradients),
    },
}
Path(__file__).with_name("optimizers.json").write_text(json.dumps(golden, indent=1) + "\n")
