"""Writes node_tests/*.json: the node tests that the package `onnx` generates, for the operators that this package has.

    pip install onnx==1.23.1
    node --conditions=@cellstate/source -e 'import("./src/index.ts").then((m) => console.log(m.onnxOperators.join(" ")))' > /tmp/operators
    python test/golden/make_node_tests.py /tmp/operators

Each case: a model of one node as base64, its inputs and the outputs that the reference gives. Of the recurrent operators and the
control flow all cases are taken, of the others those with small tensors of types that the package computes.
"""
import base64
import json
import pathlib
import sys

import numpy as np
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case.node import collect_testcases

operators = pathlib.Path(sys.argv[1]).read_text().split()
whole = {"LSTM", "GRU", "RNN", "Loop", "Scan", "If"}
MAX_ELEMENTS = 64
TYPES = {np.dtype(t) for t in (np.float32, np.int64, np.int32, np.bool_, np.uint8, np.int8, np.float64, np.uint32)}


def tensor(value):
    array = np.asarray(value)
    flat = array.reshape(-1)
    if array.dtype.kind == "f":
        data = [None if np.isnan(x) else str(x) if np.isinf(x) else float(f"{x:.9g}") for x in flat]
    else:
        data = [str(x) if array.dtype.kind in "UO" else int(x) for x in flat]
    return {"shape": list(array.shape), "type": str(array.dtype), "data": data}


def fits(values):
    arrays = [np.asarray(v) for v in values]
    return all(a.size <= MAX_ELEMENTS and a.dtype in TYPES for a in arrays)


def is_tensor(v):
    return isinstance(v, (np.ndarray, np.generic, int, float, bool))


groups = {}
for case in collect_testcases(None):
    model = case.model
    if case.kind != "node" or len(model.graph.node) != 1 or model.graph.node[0].domain != "":
        continue
    op = model.graph.node[0].op_type
    if op not in operators or case.name.endswith("_expanded"):
        continue
    for inputs, outputs in case.data_sets:
        if not all(is_tensor(v) for v in [*inputs, *outputs]):
            continue
        if op not in whole and not fits([*inputs, *outputs]):
            continue
        del model.graph.value_info[:]
        model.doc_string = ""
        names = [i.name for i in model.graph.input]
        groups.setdefault(op, []).append(
            {
                "name": case.name,
                "model": base64.b64encode(model.SerializeToString()).decode(),
                "inputs": {n: tensor(v) for n, v in zip(names, inputs)},
                "outputs": {o.name: tensor(v) for o, v in zip(model.graph.output, outputs)},
            }
        )

folder = pathlib.Path(__file__).parent / "node_tests"
folder.mkdir(exist_ok=True)
for old in folder.glob("*.json"):
    old.unlink()
files = {"recurrent": ["LSTM", "GRU", "RNN"], "control": ["If", "Loop", "Scan"]}
rest = [op for op in sorted(groups) if op not in whole]
size = (len(rest) + 5) // 6  # six files
for index in range(6):
    files[f"others_{index}"] = rest[index * size : (index + 1) * size]
for name, ops in files.items():
    cases = [case for op in ops for case in groups.get(op, [])]
    text = "[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n"
    (folder / f"{name}.json").write_text(text)
    print(name, len(cases), "cases", len(text) // 1024, "kB", ops)
