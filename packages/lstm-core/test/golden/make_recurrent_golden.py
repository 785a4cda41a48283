"""Makes recurrent.json beside this file: GRU, simple RNN, and LSTM with a projection.

Made with PyTorch 2.13.0 (CPU), seed 12, float64; the float32 test compares against the same numbers.
Run: python make_recurrent_golden.py
"""
import json
import pathlib

import torch

torch.manual_seed(12)
torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent


def plain(tensor):
    return {"shape": list(tensor.shape), "data": [round(float(x), 15) for x in tensor.detach().reshape(-1)]}


def rounded(tensor):
    """Rounded so that the numbers in the file are exactly those that were computed with."""
    return torch.round(tensor, decimals=6)


def case(name, kind, layer, lengths):
    """One forward and backward pass from given states; the loss is the sum of all results times fixed random numbers."""
    batch, time = len(lengths), max(lengths)
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    for parameter in layer.parameters():
        torch.nn.init.uniform_(parameter, -0.7, 0.7)
        parameter.data = rounded(parameter.data)
    make = lambda *shape: rounded(torch.randn(*shape)).requires_grad_()
    x = make(batch, time, layer.input_size)
    states = {"hiddenState": make(rows, batch, layer.proj_size or layer.hidden_size)}
    if kind == "lstm":
        states["cellState"] = make(rows, batch, layer.hidden_size)
    initial = tuple(states.values()) if kind == "lstm" else states["hiddenState"]
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    out, last = layer(packed, initial)
    out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
    results = dict(zip(["output", *states], [out, *(last if kind == "lstm" else [last])]))
    factors = {n: rounded(torch.randn(t.shape)) for n, t in results.items()}
    sum((results[n] * factors[n]).sum() for n in results).backward()
    plains = lambda tensors: {n: plain(t) for n, t in tensors.items()}
    parameters = dict(layer.named_parameters())
    return {
        "name": name, "kind": kind, "inputSize": layer.input_size, "hiddenSize": layer.hidden_size,
        "numLayers": layer.num_layers, "bidirectional": layer.bidirectional, "lengths": lengths,
        "input": plain(x), "initial": plains(states), "parameters": plains(parameters),
        "results": plains(results), "factors": plains(factors), "inputGradient": plain(x.grad),
        "initialGradients": plains({n: t.grad for n, t in states.items()}),
        "parameterGradients": plains({n: p.grad for n, p in parameters.items()}),
    }


ragged, shape = [2, 5, 1], {"num_layers": 2, "batch_first": True, "bidirectional": True}
cases = [
    case("gru", "gru", torch.nn.GRU(3, 2, 1, batch_first=True), [4, 4]),
    case("gru, two layers, both directions, ragged", "gru", torch.nn.GRU(3, 2, **shape), ragged),
    case("rnn with tanh, two layers, both directions, ragged", "rnn", torch.nn.RNN(3, 2, **shape), ragged),
    case("rnn with relu, two layers, both directions, ragged", "rnn", torch.nn.RNN(3, 2, nonlinearity="relu", **shape), ragged)
    | {"activation": "relu"},
    case("lstm with a projection, two layers, both directions, ragged", "lstm", torch.nn.LSTM(3, 4, proj_size=2, **shape), ragged)
    | {"projectionSize": 2},
]
(here / "recurrent.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf-8")
