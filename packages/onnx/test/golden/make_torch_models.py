"""Writes torch_models/*.json: recurrent models that PyTorch's two exporters write, with inputs and PyTorch's own outputs.

    pip install torch==2.13.0 onnx==1.23.1 onnxscript==0.7.2
    python test/golden/make_torch_models.py

Each model: the ONNX file as base64, without the notes on where in a program its nodes come from, and two runs of different batch
sizes and lengths. The newer exporter fixes the length of some models, where both runs have it.
Projections are missing, since ONNX has none: one exporter refuses them, the other writes a file that contradicts itself.
"""
import base64
import io
import json
import pathlib
import warnings

import onnx
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

warnings.filterwarnings("ignore")
VOCAB, EMBEDDING, HIDDEN, CLASSES = 12, 4, 5, 3


class Classifier(nn.Module):
    """Embedding, recurrent layers, a summary of their steps, classifier."""

    def __init__(self, kind, summary="last", **options):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, EMBEDDING)
        self.rnn = getattr(nn, kind)(EMBEDDING, HIDDEN, batch_first=True, **options)
        directions = 2 if options.get("bidirectional") else 1
        size = HIDDEN * directions
        self.summary = summary
        self.energy = nn.Linear(size, 1)
        self.dropout = nn.Dropout(0.5)
        self.classifier = nn.Linear(size, CLASSES)

    def forward(self, ids):
        output, state = self.rnn(self.embedding(ids))
        if self.summary == "last":
            features = output[:, -1]
        elif self.summary == "states":
            hidden = state[0] if isinstance(state, tuple) else state
            features = torch.cat([hidden[-2], hidden[-1]], dim=1) if self.rnn.bidirectional else hidden[-1]
        elif self.summary == "mean":
            features = output.mean(dim=1)
        elif self.summary == "max":
            features = output.max(dim=1).values
        elif self.summary == "masked":
            mask = (ids != 0).unsqueeze(-1).float()
            features = (output * mask).sum(1) / mask.sum(1).clamp(min=1)
        else:
            weights = torch.softmax(self.energy(torch.tanh(output)), dim=1)
            features = (weights * output).sum(dim=1)
        return torch.log_softmax(self.classifier(self.dropout(features)), dim=-1)


class Packed(nn.Module):
    """Rows of different lengths, by a packed sequence."""

    def __init__(self, kind):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, EMBEDDING, padding_idx=0)
        self.rnn = getattr(nn, kind)(EMBEDDING, HIDDEN, batch_first=True, bidirectional=True)
        self.classifier = nn.Linear(2 * HIDDEN, 1)

    def forward(self, ids, lengths):
        packed = pack_padded_sequence(self.embedding(ids), lengths, batch_first=True, enforce_sorted=False)
        output, _ = self.rnn(packed)
        output, _ = pad_packed_sequence(output, batch_first=True)
        return torch.sigmoid(self.classifier(output.max(dim=1).values)).squeeze(-1)


class Forecaster(nn.Module):
    """Numbers in, numbers out, with states that the caller hands over."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 4, 3, padding=1)
        self.lstm = nn.LSTM(4, HIDDEN, num_layers=2, batch_first=True)
        self.norm = nn.LayerNorm(HIDDEN)
        self.head = nn.Sequential(nn.Linear(HIDDEN, 6), nn.ReLU(), nn.Linear(6, 1))

    def forward(self, x, hidden, cell):
        x = torch.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)
        output, (hidden, cell) = self.lstm(x, (hidden, cell))
        return self.head(self.norm(output)), hidden, cell


def tensor(value):
    flat = value.detach().reshape(-1)
    whole = not value.dtype.is_floating_point
    data = [int(x) if whole else float(f"{float(x):.9g}") for x in flat]
    return {"shape": list(value.shape), "type": str(value.dtype).replace("torch.", ""), "data": data}


def ids_of(batch, time, seed):
    return torch.randint(1, VOCAB, (batch, time), generator=torch.Generator().manual_seed(seed))


def stripped(data):
    """The model without notes."""
    model = onnx.load_from_string(data)
    del model.graph.value_info[:], model.metadata_props[:], model.graph.metadata_props[:]
    for part in [model, model.graph, *model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output]:
        part.doc_string = ""
        if hasattr(part, "metadata_props"):
            del part.metadata_props[:]
    return model.SerializeToString()


def export(model, example, names, outputs, dynamo):
    axes = {0: "batch", 1: "time"}
    ranks = {name: value.dim() for name, value in zip(names, example)}
    by_name = {name: ({1: "batch"} if name in ("hidden", "cell") else {0: "batch"} if ranks[name] == 1 else dict(axes)) for name in names}
    buffer = io.BytesIO()
    if dynamo:
        Dim = torch.export.Dim
        dims = {"batch": Dim("batch"), "time": Dim("time")}
        unrolled = any(isinstance(part, nn.RNN) for part in model.modules())
        shapes = tuple(
            {axis: dims[label] for axis, label in by_name[name].items() if not (unrolled and label == "time")}
            for name in names
        )
        program = torch.onnx.export(
            model, tuple(example), dynamo=True, input_names=names, output_names=outputs, dynamic_shapes=shapes, verbose=False
        )
        program.save(buffer)
    else:
        by_name = by_name | {outputs[0]: {0: "batch"}}
        torch.onnx.export(
            model, tuple(example), buffer, dynamo=False, input_names=names, output_names=outputs, dynamic_axes=by_name
        )
    return stripped(buffer.getvalue())


models = {}
for kind in ("LSTM", "GRU", "RNN"):
    models[f"{kind} last"] = Classifier(kind)
    models[f"{kind} bidirectional states"] = Classifier(kind, "states", bidirectional=True)
    models[f"{kind} 2 layers max"] = Classifier(kind, "max", num_layers=2, bidirectional=True)
models["RNN relu mean"] = Classifier("RNN", "mean", nonlinearity="relu")
models["LSTM without bias masked"] = Classifier("LSTM", "masked", bias=False)
models["LSTM attention"] = Classifier("LSTM", "attention", bidirectional=True)
for kind in ("LSTM", "GRU", "RNN"):
    models[f"{kind} packed"] = Packed(kind)
models["forecaster"] = Forecaster()


def inputs_of(name, batch, time, seed):
    torch.manual_seed(seed)
    if name == "forecaster":
        state = [torch.randn(2, batch, HIDDEN), torch.randn(2, batch, HIDDEN)]
        return {"x": torch.randn(batch, time, 2), "hidden": state[0], "cell": state[1]}
    ids = ids_of(batch, time, seed)
    if "packed" not in name:
        return {"ids": ids}
    lengths = torch.tensor([time] + [1 + (seed + row) % time for row in range(batch - 1)])
    return {"ids": ids, "lengths": lengths}


cases = {"dynamo": [], "torchscript": []}
for index, (name, model) in enumerate(models.items()):
    torch.manual_seed(index)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5)
    model.eval()
    outputs = ["forecast", "next_hidden", "next_cell"] if name == "forecaster" else ["output"]
    example = inputs_of(name, 3, 6, 1)
    for exporter, written in cases.items():
        is_dynamo = exporter == "dynamo"
        try:
            data = export(model, list(example.values()), list(example), outputs, is_dynamo)
        except Exception as error:  # noqa: BLE001
            print(f"PyTorch itself does not export {name} by {exporter}: {type(error).__name__}")
            continue
        runs = []
        fixed = onnx.load_from_string(data).graph.input[0].type.tensor_type.shape.dim[1].dim_value
        for batch, time, seed in ((3, 6, 1), (2, fixed or 4, 2)):
            inputs = inputs_of(name, batch, time, seed)
            with torch.no_grad():
                results = model(*inputs.values())
            results = results if isinstance(results, tuple) else (results,)
            runs.append(
                {
                    "inputs": {key: tensor(value) for key, value in inputs.items()},
                    "outputs": {key: tensor(value) for key, value in zip(outputs, results)},
                }
            )
        written.append({"name": name, "model": base64.b64encode(data).decode(), "runs": runs})

folder = pathlib.Path(__file__).parent / "torch_models"
folder.mkdir(exist_ok=True)
for exporter, written in cases.items():
    text = "[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in written) + "\n]\n"
    (folder / f"{exporter}.json").write_text(text)
    print(exporter, len(written), "models,", len(text) // 1024, "kB")
