"""Makes adaptive-softmax.json beside this file.

Made with PyTorch 2.13.0 (CPU), seed 6, float64.
Run: python make_adaptive_softmax_golden.py
"""
import json
import pathlib

import torch

torch.manual_seed(6)
torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent


def plain(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{float(x):.11g}") for x in tensor.detach().reshape(-1)]}


def case(name, cutoffs, div_value, head_bias, targets):
    layer = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs, div_value=div_value, head_bias=head_bias)
    for parameter in layer.parameters():
        parameter.data = torch.round(torch.randn_like(parameter) * 0.7, decimals=3)
    x = torch.round(torch.randn(len(targets), 8), decimals=3).requires_grad_()
    result = layer(x, torch.tensor(targets))
    result.loss.backward()
    return {
        "name": name, "cutoffs": cutoffs, "divValue": div_value, "headBias": head_bias, "x": plain(x), "targets": targets,
        "parameters": {n: plain(p) for n, p in layer.named_parameters()},
        "loss": float(f"{float(result.loss.detach()):.11g}"), "losses": plain(-result.output),
        "logProbs": plain(layer.log_prob(x)), "predicted": layer.predict(x).tolist(),
        "gradients": {n: plain(torch.zeros_like(p) if p.grad is None else p.grad) for n, p in [("x", x), *layer.named_parameters()]},
    }


cases = [
    case("two clusters", [3, 7], 2.0, False, [0, 5, 11, 2, 8, 7, 3]),
    case("one cluster, a bias, classes of the head alone", [6], 4.0, True, [0, 5, 2]),
]
(here / "adaptive-softmax.json").write_text(
    "[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n", encoding="utf-8")
