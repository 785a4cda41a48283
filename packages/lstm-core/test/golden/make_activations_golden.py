"""Makes activations.json beside this file: values and slopes of activation functions by their names here.

Made with PyTorch 2.13.0 (CPU), float64. Run: python make_activations_golden.py
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent

functions = {
    "linear": lambda x: x, "relu": F.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "hardSigmoid": lambda x: F.relu6(x + 3) / 6,
    "hardSigmoidLegacy": lambda x: torch.clamp(0.2 * x + 0.5, 0, 1), "softsign": F.softsign, "softplus": F.softplus, "elu": F.elu,
    "celu": F.celu, "selu": F.selu, "gelu": F.gelu, "geluTanh": lambda x: F.gelu(x, approximate="tanh"), "swish": F.silu,
    "silu": F.silu, "hardSwish": F.hardswish, "leakyRelu": lambda x: F.leaky_relu(x, 0.2), "relu6": F.relu6,
    "exponential": torch.exp, "mish": F.mish, "softmax": lambda x: F.softmax(x, -1), "logSoftmax": lambda x: F.log_softmax(x, -1),
    "logSigmoid": F.logsigmoid, "hardTanh": F.hardtanh, "tanhShrink": F.tanhshrink, "hardShrink": F.hardshrink,
    "softShrink": F.softshrink, "thresholdedRelu": lambda x: F.threshold(x, 1.0, 0.0),
    "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
}
# Off the kinks, where libraries differ in the slope that they choose.
points = [-21.5, -7.25, -3.5, -1.75, -0.9, -0.45, -0.125, -1e-3, 2e-4, 0.25, 0.7, 1.25, 2.75, 5.5, 8.25, 19.5]
factors = [(-1) ** index * (1 + index / 16) for index in range(len(points))]
cases = {}
for name, function in functions.items():
    x = torch.tensor(points, requires_grad=True)
    y = function(x)
    (y * torch.tensor(factors)).sum().backward()
    numbers = lambda tensor: [float(f"{value:.12g}") for value in tensor.tolist()]
    cases[name] = {"values": numbers(y.detach()), "gradients": numbers(x.grad)}
text = ",\n".join(f"{json.dumps(name)}:{json.dumps(case, separators=(',', ':'))}" for name, case in cases.items())
head = f'"points":{json.dumps(points)},\n"factors":{json.dumps(factors)}'
(here / "activations.json").write_text(f"{{{head},\n\"functions\":{{\n{text}\n}}}}\n", encoding="utf-8")
