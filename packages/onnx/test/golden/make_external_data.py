"""Makes external-data.json beside this file: a classifier as `torch.onnx.export` writes it by default, which is two files, and what it gives.

Made with PyTorch 2.13.0 (CPU). Run: python make_external_data.py
"""
import base64
import json
import pathlib
import tempfile

import onnx
import torch
from torch import nn

torch.manual_seed(4)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(12, 24)
        self.lstm = nn.LSTM(24, 4, batch_first=True)
        self.output = nn.Linear(4, 2)

    def forward(self, ids):
        return self.output(self.lstm(self.embedding(ids))[0][:, -1])


model = Classifier().eval()
ids = torch.tensor([[3, 1, 4, 1, 5], [9, 2, 6, 5, 11]])
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "network.onnx"
    torch.onnx.export(
        model, (ids,), path, input_names=["ids"], output_names=["scores"], dynamo=True, external_data=True,
        dynamic_shapes=({0: torch.export.Dim("batch"), 1: torch.export.Dim("time")},),
    )
    written = onnx.load(path, load_external_data=False)
    for node in written.graph.node:  # places in the exporter's own source, of which most of the file consists
        del node.metadata_props[:]
        node.doc_string = ""
    del written.graph.value_info[:]
    path.write_bytes(written.SerializeToString())
    files = {file.name: base64.b64encode(file.read_bytes()).decode() for file in sorted(pathlib.Path(folder).iterdir())}
content = {"files": files, "ids": ids.tolist(), "scores": model(ids).tolist()}
(pathlib.Path(__file__).parent / "external-data.json").write_text(json.dumps(content) + "\n")
print({name: len(text) for name, text in files.items()})
