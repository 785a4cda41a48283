"""Writes files of PyTorch of every kind that is read, or refused, and what they hold, to pytorch.json.

    python make_pytorch.py        with torch 2.13
"""
import base64
import io
import json
from collections import OrderedDict
from pathlib import Path

import torch


def saved(value, legacy=False):
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=not legacy)
    return base64.b64encode(buffer.getvalue()).decode()


def plain(tensor):
    return {"shape": list(tensor.shape), "data": tensor.to(torch.float64).flatten().tolist()}


torch.manual_seed(0)
lstm = torch.nn.LSTM(3, 2, bidirectional=True)
matrix = torch.arange(12, dtype=torch.float32).reshape(3, 4)
dtypes = {
    str(dtype).replace("torch.", ""): torch.tensor(values, dtype=dtype)
    for dtype, values in [
        (torch.float64, [0.1, -2.0]),
        (torch.float16, [0.1, -2.0, 6e-8]),
        (torch.bfloat16, [0.1, -2.0]),
        (torch.int64, [-5, 7]),
        (torch.int32, [-5, 7]),
        (torch.int16, [-5, 7]),
        (torch.int8, [-5, 7]),
        (torch.uint8, [250, 7]),
        (torch.uint16, [65530, 7]),
        (torch.bool, [True, False]),
    ]
}
views = {
    "transposed": matrix.T,
    "row": matrix[1],
    "columns": matrix[:, 1:3],
    "every_other": matrix.flatten()[1::2],
    "expanded": torch.tensor([1.0, 2.0]).reshape(2, 1).expand(2, 3),
    "scalar": torch.tensor(3.5),
    "empty": torch.zeros(0, 4),
    "parameter": torch.nn.Parameter(torch.tensor([1.5, 2.5])),
}
checkpoint = {
    "epoch": 3,
    "name": "best",
    "done": False,
    "rate": 1e-3,
    "none": None,
    "model": lstm.state_dict(),
    "steps": [torch.tensor([1.0]), torch.tensor([2.0])],
    "size": torch.Size([2, 3]),
}
shared = torch.tensor([1.0, 2.0])


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)


scripted = io.BytesIO()
torch.jit.save(torch.jit.script(torch.nn.Linear(2, 1)), scripted)


class Evil:
    def __reduce__(self):
        import os

        return (os.system, ("touch /tmp/executed",))


def state(tensors):
    return {name: plain(tensor) for name, tensor in tensors.items()}


files = [
    {"name": "state dict", "file": saved(lstm.state_dict()), "tensors": state(lstm.state_dict())},
    {"name": "state dict, legacy", "file": saved(lstm.state_dict(), True), "tensors": state(lstm.state_dict())},
    {"name": "types", "file": saved(dtypes), "tensors": state(dtypes)},
    {"name": "types, legacy", "file": saved({k: v for k, v in dtypes.items() if k != "uint16"}, True),
     "tensors": state({k: v for k, v in dtypes.items() if k != "uint16"})},
    {"name": "views", "file": saved(views), "tensors": state({k: v.detach() for k, v in views.items()})},
    {"name": "views, legacy", "file": saved(views, True), "tensors": state({k: v.detach() for k, v in views.items()})},
    {"name": "checkpoint", "file": saved(checkpoint),
     "tensors": {**{f"model.{k}": plain(v) for k, v in lstm.state_dict().items()},
                 "steps.0": plain(torch.tensor([1.0])), "steps.1": plain(torch.tensor([2.0]))},
     "values": {"epoch": 3, "name": "best", "done": False, "rate": 1e-3, "none": None, "size.0": 2, "size.1": 3}},
    {"name": "one storage twice", "file": saved(OrderedDict(a=shared, b=shared)),
     "tensors": {"a": plain(shared), "b": plain(shared)}},
    {"name": "a lone tensor", "file": saved(matrix), "tensors": {"": plain(matrix)}},
]
refused = [
    {"name": "a whole model", "file": saved(Net()), "error": "it holds an object of __main__.Net"},
    {"name": "a pickle that would run a program", "file": saved({"weight": Evil()}),
     "error": "it holds an object of posix.system"},
    {"name": "a pickle that would run a program, legacy", "file": saved({"weight": Evil()}, True),
     "error": "it holds an object of posix.system"},
    {"name": "TorchScript", "file": base64.b64encode(scripted.getvalue()).decode(), "error": "a TorchScript program"},
    {"name": "complex numbers", "file": saved({"x": torch.tensor([1j])}), "error": "it holds elements of torch.ComplexFloatStorage"},
    {"name": "sparse tensors", "file": saved({"x": torch.eye(2).to_sparse()}), "error": "it holds an object of torch.serialization._get_layout"},
]
path = Path(__file__).with_name("pytorch.json")
path.write_text(json.dumps({"files": files, "refused": refused}, indent=1) + "\n")
print(path, path.stat().st_size)
