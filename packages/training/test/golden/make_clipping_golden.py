"""Writes clipping.json: gradients clipped by PyTorch, or by the paper's formula, and weights averaged by PyTorch.

Run with PyTorch 2.13 (CPU): python make_clipping_golden.py
"""

import json
from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(5)
SHAPES = {"bias": [3], "matrix": [3, 4], "kernel": [2, 3, 2]}
draw = lambda shape, scale=1: (torch.randn(shape, generator=generator) * scale).mul(1e6).round().div(1e6)
weights = {name: draw(shape) for name, shape in SHAPES.items()}
weights["matrix"][1] = 0  # a unit at zero
gradients = {name: draw(shape, 0.05) for name, shape in SHAPES.items()}
gradients["matrix"][2] *= 100


def clipped(clip):
    parameters = {name: torch.nn.Parameter(value.clone()) for name, value in weights.items()}
    for name, parameter in parameters.items():
        parameter.grad = gradients[name].clone()
    clip(list(parameters.values()))
    return {name: p.grad.flatten().tolist() for name, p in parameters.items()}


def adaptive(parameters, ratio=0.05, epsilon=1e-3):
    """Brock et al. 2021, equation 3."""
    for p in parameters:
        w, g = p.detach().reshape(1 if p.ndim < 2 else p.shape[0], -1), p.grad.reshape(1 if p.ndim < 2 else p.shape[0], -1)
        limit = ratio * w.norm(dim=1, keepdim=True).clamp(min=epsilon)
        length = g.norm(dim=1, keepdim=True)
        p.grad = torch.where(length > limit, g * limit / length.clamp(min=1e-6), g).reshape(p.shape)


def each_norm(parameters):
    for p in parameters:
        torch.nn.utils.clip_grad_norm_([p], 0.3)


def averages(make):
    model = torch.nn.Linear(2, 1, bias=False)
    average = make(model)
    seen = []
    for values in steps:
        model.weight.data = torch.tensor([values])
        average.update_parameters(model)
        seen.append(average.module.weight.flatten().tolist())
    return seen


steps = [draw([2]).tolist() for _ in range(6)]
flat = lambda tensors: {name: t.flatten().tolist() for name, t in tensors.items()}
golden = {
    "torch": torch.__version__.split("+")[0],
    "shapes": SHAPES,
    "weights": flat(weights),
    "gradients": flat(gradients),
    "norm": torch.nn.utils.get_total_norm(list(gradients.values())).item(),
    "clipped": {
        "value": clipped(lambda ps: torch.nn.utils.clip_grad_value_(ps, 0.04)),
        "norm": clipped(each_norm),
        "adaptive": clipped(adaptive),
        "global": clipped(lambda ps: torch.nn.utils.clip_grad_norm_(ps, 0.5)),
    },
    "steps": steps,
    "averages": {
        "ema": averages(lambda m: AveragedModel(m, multi_avg_fn=get_ema_multi_avg_fn(0.8))),
        "swa": averages(AveragedModel),
    },
}
Path(__file__).with_name("clipping.json").write_text(json.dumps(golden) + "\n")
