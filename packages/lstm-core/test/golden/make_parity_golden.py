"""Makes parity.json beside this file: random configurations of PyTorch's recurrent layers, forward and backward.

Made with PyTorch 2.13.0 (CPU), float64. Weights, inputs, initial states and the factors of the loss come from an Lcg, so that the file
holds only configurations and summaries of results (lcg.py).
Run: python make_parity_golden.py
"""
import json
import pathlib
import random

import torch
from lcg import Lcg, summary

torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent
CASES = 48


def configuration(seed):
    """Every kind, number of layers and of directions comes up; the rest is random."""
    draw = random.Random(seed)
    kind = ["lstm", "lstm", "gru", "rnn"][seed % 4]
    hidden_size = draw.randint(1, 5)
    config = {
        "seed": seed, "kind": kind, "inputSize": draw.randint(1, 4), "hiddenSize": hidden_size,
        "numLayers": 1 + seed // 4 % 3, "bidirectional": seed // 12 % 2 == 1,
        "lengths": [draw.randint(1, 5) for _ in range(draw.randint(1, 4))], "hasState": draw.random() < 0.7,
    }
    if kind == "rnn":
        config["activation"] = draw.choice(["tanh", "relu"])
    if seed % 4 == 1 and hidden_size > 1:
        config["projectionSize"] = draw.randint(1, hidden_size - 1)
    return config


def layer_of(config):
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[config["kind"]]
    options = {"nonlinearity": config["activation"]} if "activation" in config else {}
    if "projectionSize" in config:
        options["proj_size"] = config["projectionSize"]
    return kind(config["inputSize"], config["hiddenSize"], config["numLayers"], batch_first=True,
                bidirectional=config["bidirectional"], **options)


def results_of(config):
    lcg = Lcg(config["seed"])
    layer = layer_of(config)
    for parameter in layer.parameters():
        parameter.data = lcg.draw(*parameter.shape)
    lengths = config["lengths"]
    x = lcg.draw(len(lengths), max(lengths), layer.input_size).requires_grad_()
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    sizes = {"hiddenState": layer.proj_size or layer.hidden_size}
    if config["kind"] == "lstm":
        sizes["cellState"] = layer.hidden_size
    states = {}
    if config["hasState"]:
        states = {name: lcg.draw(rows, len(lengths), size).requires_grad_() for name, size in sizes.items()}
    initial = tuple(states.values()) if len(states) > 1 else states.get("hiddenState")
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    out, last = layer(packed, initial)
    out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
    results = dict(zip(["output", *sizes], [out, *(last if config["kind"] == "lstm" else [last])]))
    sum((result * lcg.draw(*result.shape)).sum() for result in results.values()).backward()
    gradients = {"input": x.grad, **{name: state.grad for name, state in states.items()},
                 **{name: parameter.grad for name, parameter in layer.named_parameters()}}
    summaries = lambda tensors: {name: summary(tensor) for name, tensor in tensors.items()}
    return {"results": summaries(results), "gradients": summaries(gradients)}


cases = [config | results_of(config) for config in map(configuration, range(CASES))]
text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
(here / "parity.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")
