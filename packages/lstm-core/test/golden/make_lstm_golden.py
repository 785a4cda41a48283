"""Makes lstm.json, embedding.json and cross-entropy.json beside this file.

Made with PyTorch 2.13.0 (CPU), seed 11, float64; the float32 test compares against the same numbers.
Run: python make_lstm_golden.py
"""
import json
import pathlib

import torch

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent


def plain(tensor):
    return {"shape": list(tensor.shape), "data": [round(float(x), 15) for x in tensor.detach().reshape(-1)]}


def write(name, value):
    (here / name).write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="utf-8")


def lstm_case(name, input_size, hidden_size, num_layers, bidirectional, lengths, with_state):
    """One forward and backward pass; the loss is the sum of all results times fixed random numbers."""
    batch, time, directions = len(lengths), max(lengths), 2 if bidirectional else 1
    layer = torch.nn.LSTM(input_size, hidden_size, num_layers, batch_first=True, bidirectional=bidirectional)
    for parameter in layer.parameters():
        torch.nn.init.uniform_(parameter, -0.7, 0.7)
    # Rounded so that the numbers in the file are exactly those that were computed with.
    for parameter in layer.parameters():
        parameter.data = torch.round(parameter.data, decimals=6)
    make = lambda *shape: torch.round(torch.randn(*shape), decimals=6).requires_grad_()
    x = make(batch, time, input_size)
    state = tuple(make(num_layers * directions, batch, hidden_size) for _ in range(2)) if with_state else None
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    out, (h, c) = layer(packed, state)
    out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
    factors = [torch.round(torch.randn(t.shape), decimals=6) for t in (out, h, c)]
    sum((t * f).sum() for t, f in zip((out, h, c), factors)).backward()
    case = {
        "name": name, "inputSize": input_size, "hiddenSize": hidden_size, "numLayers": num_layers,
        "bidirectional": bidirectional, "lengths": lengths, "input": plain(x),
        "parameters": {n: plain(p) for n, p in layer.named_parameters()},
        "output": plain(out), "hiddenState": plain(h), "cellState": plain(c),
        "outputFactor": plain(factors[0]), "hiddenFactor": plain(factors[1]), "cellFactor": plain(factors[2]),
        "inputGradient": plain(x.grad), "parameterGradients": {n: plain(p.grad) for n, p in layer.named_parameters()},
    }
    if state is not None:
        case |= {"initialHidden": plain(state[0]), "initialCell": plain(state[1]),
                 "initialHiddenGradient": plain(state[0].grad), "initialCellGradient": plain(state[1].grad)}
    return case


write("lstm.json", [
    lstm_case("one layer, one direction", 3, 2, 1, False, [4, 4], False),
    lstm_case("two layers, both directions, ragged, initial state", 3, 2, 2, True, [2, 5, 1], True),
])

table = torch.nn.Embedding(5, 3, padding_idx=1)
table.weight.data = torch.round(table.weight.data, decimals=6)
ids = torch.tensor([[4, 2, 1], [2, 2, 0]])
factor = torch.round(torch.randn(2, 3, 3), decimals=6)
vectors = table(ids)
(vectors * factor).sum().backward()
write("embedding.json", {
    "paddingIndex": 1, "ids": ids.reshape(-1).tolist(), "weight": plain(table.weight), "factor": plain(factor),
    "output": plain(vectors), "weightGradient": plain(table.weight.grad),
})


def loss_case(name, with_weights, smoothing):
    logits = torch.round(2 * torch.randn(6, 4), decimals=6).requires_grad_()
    targets = torch.tensor([0, 3, -1, 2, 2, 1])
    weights = torch.tensor([0.5, 1.25, 2.0, 0.75]) if with_weights else None
    loss = torch.nn.functional.cross_entropy(
        logits, targets, weight=weights, ignore_index=-1, label_smoothing=smoothing)
    loss.backward()
    return {"name": name, "logits": plain(logits), "targets": targets.tolist(),
            "classWeights": None if weights is None else plain(weights), "labelSmoothing": smoothing,
            "loss": float(loss.detach()), "logitsGradient": plain(logits.grad)}


write("cross-entropy.json", [
    loss_case("plain", False, 0.0),
    loss_case("label smoothing", False, 0.1),
    loss_case("class weights", True, 0.0),
    loss_case("class weights and label smoothing", True, 0.15),
])
